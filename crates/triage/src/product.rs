use report::Category;
use serde_json::{Value, json};

/// A program people name and computers run: how it is called, what its processes are, who looks after it.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub key: String,
    pub name: String,
    /// What its troubles are.
    pub category: Category,
    /// Names of its executables, lower case, without `.exe`.
    pub executables: Vec<String>,
    /// Word list that names it.
    pub list: String,
    /// `{key, name, category}` for rules.
    pub as_json: Value,
}

impl Product {
    pub(crate) fn new(key: String, name: String, category: Category, executables: Vec<String>) -> Self {
        let list = list_of(&key);
        let executables = executables.iter().map(|e| executable_key(e)).collect();
        let as_json = json!({ "key": key, "name": name, "category": category.as_str() });
        Self { key, name, category, executables, list, as_json }
    }

    /// Whether a process of that name is it.
    pub(crate) fn runs_as(&self, executable: &str) -> bool {
        let executable = executable_key(executable);
        self.executables.contains(&executable)
    }
}

/// Name of the word list that holds a product's names.
pub(crate) fn list_of(key: &str) -> String {
    format!("product_{}", key.replace('-', "_"))
}

/// `C:\…\EXCEL.EXE` and `/usr/bin/excel` are both `excel`.
pub(crate) fn executable_key(executable: &str) -> String {
    let file = executable.rsplit(['/', '\\']).next().unwrap_or(executable).to_lowercase();
    file.strip_suffix(".exe").map(str::to_owned).unwrap_or(file)
}

//! `policy explain`

use std::process::ExitCode;

use crate::Flags;

pub(super) fn run(flags: Flags, json: bool) -> anyhow::Result<ExitCode> {
    let (_, policy, language) = super::surroundings(flags)?;
    let settings = policy.explain();
    if json {
        super::print_json(&settings)?;
        return Ok(ExitCode::SUCCESS);
    }
    for setting in settings {
        println!("# {}", setting.says.get(language));
        println!("{} = {}    ({})\n", setting.key, setting.value, setting.origin);
    }
    Ok(ExitCode::SUCCESS)
}

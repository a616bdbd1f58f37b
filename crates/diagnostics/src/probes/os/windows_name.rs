//! Naming a Windows from what its registry says (`…\Windows NT\CurrentVersion`).

/// The values read.
#[derive(Debug, Clone, Default)]
pub(super) struct Registry {
    pub product: String,
    pub display_version: Option<String>,
    pub build: String,
    pub revision: Option<u32>,
    pub major: Option<u32>,
    pub minor: Option<u32>,
}

/// How it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// `23H2`, else the kernel's version.
    pub version: String,
    /// `22631.3296`
    pub build: String,
    /// `10.0.22631.3296`
    pub kernel: String,
    /// `Windows 11 Pro 23H2`
    pub pretty: String,
}

/// Windows 11 still calls itself 10 in the registry; its builds begin at 22000. Servers name themselves rightly.
pub(super) fn name(registry: &Registry) -> Named {
    const FIRST_BUILD_OF_11: u32 = 22_000;
    let is_11 = registry.build.parse::<u32>().is_ok_and(|build| build >= FIRST_BUILD_OF_11);
    let product =
        if is_11 { registry.product.replacen("Windows 10", "Windows 11", 1) } else { registry.product.clone() };
    let build = match registry.revision {
        Some(revision) => format!("{}.{revision}", registry.build),
        None => registry.build.clone(),
    };
    let kernel = format!("{}.{}.{build}", registry.major.unwrap_or(6), registry.minor.unwrap_or(1));
    let pretty = match &registry.display_version {
        Some(version) => format!("{product} {version}"),
        None => product,
    };
    Named { version: registry.display_version.clone().unwrap_or_else(|| kernel.clone()), build, kernel, pretty }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(product: &str, build: &str, display_version: Option<&str>) -> Registry {
        Registry {
            product: product.to_owned(),
            display_version: display_version.map(str::to_owned),
            build: build.to_owned(),
            revision: Some(3296),
            major: Some(10),
            minor: Some(0),
        }
    }

    #[test]
    fn windows_11_is_called_by_its_name() {
        let named = name(&registry("Windows 10 Pro", "22631", Some("23H2")));
        assert_eq!(named.pretty, "Windows 11 Pro 23H2");
        assert_eq!((named.version.as_str(), named.build.as_str()), ("23H2", "22631.3296"));
        assert_eq!(named.kernel, "10.0.22631.3296");
    }

    #[test]
    fn windows_10_and_servers_keep_theirs() {
        assert_eq!(
            name(&registry("Windows 10 Enterprise LTSC 2021", "19044", Some("21H2"))).pretty,
            "Windows 10 Enterprise LTSC 2021 21H2"
        );
        assert_eq!(
            name(&registry("Windows Server 2025 Standard", "26100", Some("24H2"))).pretty,
            "Windows Server 2025 Standard 24H2"
        );
    }
}

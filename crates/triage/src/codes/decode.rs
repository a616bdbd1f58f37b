//! HRESULT (MS-ERREF 2.1), Win32 codes inside one, and NTSTATUS (MS-ERREF 2.3) taken apart.

use report::LocalText;

/// Facility of an HRESULT that carries a Win32 code.
const FACILITY_WIN32: u32 = 7;
/// Set in an HRESULT that carries an NTSTATUS.
const FACILITY_NT_BIT: u32 = 0x1000_0000;

/// Parts of Windows an HRESULT names as its origin (facilities of MS-ERREF 2.1 and of the Windows SDK).
const FACILITIES: &[(u32, &str, &str)] = &[
    (0, "Windows", "Windows"),
    (1, "remote procedure call", "удалённый вызов процедур"),
    (2, "COM dispatch", "диспетчер COM"),
    (3, "COM storage", "хранилище COM"),
    (4, "the program's own interface", "собственный интерфейс программы"),
    (8, "Windows", "Windows"),
    (9, "security and cryptography", "безопасность и криптография"),
    (10, "ActiveX control", "элемент ActiveX"),
    (11, "certificates", "сертификаты"),
    (12, "internet", "интернет-компоненты"),
    (13, "media server", "медиасервер"),
    (14, "message queuing", "очередь сообщений"),
    (15, "device installation", "установка устройств"),
    (16, "smart card", "смарт-карта"),
    (17, "COM+", "COM+"),
    (19, ".NET", ".NET"),
    (25, "HTTP", "HTTP"),
    (27, "Windows error reporting", "отчёты об ошибках Windows"),
    (31, "filter manager", "диспетчер фильтров"),
    (32, "background transfer (BITS)", "фоновая передача (BITS)"),
    (33, "scanning (WIA)", "сканирование (WIA)"),
    (36, "Windows Update", "Центр обновления Windows"),
    (37, "directory service", "служба каталогов"),
    (38, "graphics", "графика"),
    (39, "shell", "оболочка Windows"),
    (40, "TPM", "модуль TPM"),
    (41, "TPM", "модуль TPM"),
    (49, "BitLocker", "BitLocker"),
    (50, "firewall", "брандмауэр"),
    (51, "remote management (WinRM)", "удалённое управление (WinRM)"),
    (52, "network driver", "сетевой драйвер"),
    (57, "boot configuration", "конфигурация загрузки"),
    (58, "virtual disk", "виртуальный диск"),
    (61, "web services", "веб-службы"),
    (63, "Microsoft Store", "Microsoft Store"),
    (66, "network sign-in (EAP)", "вход в сеть (EAP)"),
    (80, "Defender", "Защитник Windows"),
    (83, "remote access (RAS)", "удалённый доступ (RAS)"),
    (84, "PowerShell", "PowerShell"),
    (99, "peer-to-peer network", "одноранговая сеть"),
    (101, "Bluetooth", "Bluetooth"),
    (102, "sound", "звук"),
    (208, "delivery optimisation", "оптимизация доставки"),
    (256, "System Restore", "восстановление системы"),
    (2166, "DirectX", "DirectX"),
    (2168, "DirectX", "DirectX"),
    (2169, "DirectX", "DirectX"),
    (2170, "DirectX", "DirectX"),
    (2172, "DirectX", "DirectX"),
    (2185, "sound", "звук"),
];

/// One form for a code that has several: an NTSTATUS inside an HRESULT becomes itself.
pub(super) fn canonical(value: u32) -> u32 {
    if value >> 28 == 0xD { value & !FACILITY_NT_BIT } else { value }
}

/// The HRESULT that carries a Win32 code (`HRESULT_FROM_WIN32`).
pub(super) fn from_win32(code: u32) -> Option<u32> {
    (1..=0xffff).contains(&code).then_some(0x8000_0000 | FACILITY_WIN32 << 16 | code)
}

/// What a code nobody wrote down says of itself; `None` if it is not well-formed: an address, a colour, a hash.
pub(super) fn decode(value: u32) -> Option<LocalText> {
    let value = canonical(value);
    let code = value & 0xffff;
    match value >> 28 {
        0x8 => {
            let facility = value >> 16 & 0xfff;
            if facility == FACILITY_WIN32 {
                return Some(LocalText::new(
                    format!("Win32 error {code}, not in the knowledge base"),
                    format!("ошибка Win32 {code}, в базе знаний её нет"),
                ));
            }
            let (_, en, ru) = FACILITIES.iter().find(|(known, ..)| *known == facility)?;
            Some(LocalText::new(
                format!("error {code:#x} of {en}, not in the knowledge base"),
                format!("ошибка {code:#x} ({ru}), в базе знаний её нет"),
            ))
        }
        // Severity "error" of NTSTATUS; facilities are small numbers there.
        0xC if value >> 16 & 0xfff <= 0xff => Some(LocalText::new(
            format!("system error (NTSTATUS) {code:#x}, not in the knowledge base"),
            format!("системная ошибка (NTSTATUS) {code:#x}, в базе знаний её нет"),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_taken_apart_into_facility_and_code() {
        assert_eq!(decode(0x8007_04d3).unwrap().en, "Win32 error 1235, not in the knowledge base");
        assert_eq!(decode(0x8024_fffe).unwrap().en, "error 0xfffe of Windows Update, not in the knowledge base");
        assert!(decode(0xc000_9999).unwrap().ru.contains("NTSTATUS"));
        assert_eq!(canonical(0xd000_0022), 0xc000_0022);
        assert_eq!(from_win32(5), Some(0x8007_0005));
    }

    #[test]
    fn what_is_not_well_formed_is_no_code() {
        for value in [0x8fff_0001, 0xcfff_0001, 0x7fff_0001, 0xdead_beef, 0x1234_5678] {
            assert_eq!(decode(value), None, "{value:#x}");
        }
    }
}

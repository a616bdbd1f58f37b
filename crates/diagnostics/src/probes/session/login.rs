/// The login of a user id, through NSS: people of a domain are not in /etc/passwd.
pub(super) fn login(uid: u32) -> Option<String> {
    let mut buffer = vec![0; 16 * 1024];
    // SAFETY: all-zero bytes (null pointers) are a valid passwd.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    let mut found: *mut libc::passwd = std::ptr::null_mut();
    // SAFETY: every pointer is to a live object, and the length is the buffer's.
    let code = unsafe { libc::getpwuid_r(uid, &raw mut entry, buffer.as_mut_ptr(), buffer.len(), &raw mut found) };
    if code != 0 || found.is_null() {
        return None;
    }
    // SAFETY: on success pw_name is a C string within `buffer`, which still lives.
    let name = unsafe { std::ffi::CStr::from_ptr(entry.pw_name) };
    Some(name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_login_is_found_through_nss() {
        assert_eq!(login(0).as_deref(), Some("root"));
        assert_eq!(login(u32::MAX - 7), None);
    }
}

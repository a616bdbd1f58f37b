//! sysctlbyname(3).

use std::ffi::CStr;

/// A value of a known plain type.
pub(crate) fn value<T: Copy>(name: &CStr) -> Option<T> {
    let mut value = std::mem::MaybeUninit::<T>::zeroed();
    let mut length = size_of::<T>();
    // SAFETY: the name is a C string; the buffer has `length` bytes.
    let code = unsafe {
        libc::sysctlbyname(name.as_ptr(), value.as_mut_ptr().cast(), &raw mut length, std::ptr::null_mut(), 0)
    };
    // SAFETY: the kernel has written the whole of a plain type.
    (code == 0 && length == size_of::<T>()).then(|| unsafe { value.assume_init() })
}

/// A text.
pub(crate) fn text(name: &CStr) -> Option<String> {
    let mut buffer = vec![0_u8; 256];
    let mut length = buffer.len();
    // SAFETY: the name is a C string; the buffer has `length` bytes.
    let code = unsafe {
        libc::sysctlbyname(name.as_ptr(), buffer.as_mut_ptr().cast(), &raw mut length, std::ptr::null_mut(), 0)
    };
    buffer.truncate(length);
    let text = buffer.split(|byte| *byte == 0).next()?;
    (code == 0).then(|| String::from_utf8_lossy(text).into_owned())
}

//! Who is calling: devices by a secret made when they enrolled, monitoring by a token, staff by a password and then a
//! session.

mod confidential;
mod device;
mod monitoring;
mod password;
mod same_origin;
mod staff;
mod token;

pub use confidential::Confidential;
pub use device::{CallingDevice, authenticate as authenticate_device};
pub use monitoring::{CallingMonitoring, authenticate as authenticate_monitoring};
pub use password::{PasswordError, Passwords, generate_password};
pub use same_origin::check as check_same_origin;
pub use staff::{COOKIE, CallingStaff, authenticate as authenticate_staff, clearing_cookie, session_cookie};
pub use token::{Token, TokenHash};

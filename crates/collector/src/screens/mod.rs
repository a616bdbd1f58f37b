//! Reading what stands on screenshots, after the report was answered: error codes, titles, the words of dialogs. The
//! verdict is made again from the report, what the user added, and every screen read so far.
//!
//! picture → [`prepare`] (decode, flatten, enlarge) → [`tesseract`] → [`reread`] of what looks like a code → text, kept with
//! the new verdict by [`reader`], which takes pictures one at a time from the store's queue.

mod enlarge;
mod flatten;
mod limited_process;
mod prepare;
mod read;
mod reader;
mod reread;
mod tesseract;
mod word;

pub use read::read;
pub use reader::run;
pub use tesseract::Tesseract;

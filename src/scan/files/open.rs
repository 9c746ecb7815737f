//! Opens files without being kept waiting or led elsewhere by what they turn out to be.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Opens a file for reading; a symbolic link is not followed, a pipe is not waited for.
///
/// # Errors
/// When it can not be opened.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        options.custom_flags(flags.bits().cast_signed());
    }
    options.open(path)
}

/// The line, from 1, that the byte at `offset` is on.
pub(crate) fn line_of(path: &Path, offset: u64) -> Option<u64> {
    let mut before = open(path).ok()?.take(offset);
    let mut buffer = vec![0; 64 * 1024];
    let mut line = 1;
    loop {
        match before.read(&mut buffer).ok()? {
            0 => return Some(line),
            got => line += memchr::memchr_iter(b'\n', buffer.get(..got)?).count() as u64,
        }
    }
}

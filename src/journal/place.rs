//! Says when a journal lies where locks and fsync promise less than they do on a local disk.

use std::path::Path;

/// A warning for journals on network and user-space file systems; nothing for local ones.
#[must_use]
pub fn warning(journal: &Path) -> Option<String> {
    let name = kind_of(journal.ancestors().find(|place| place.exists())?)?;
    Some(format!(
        "{} is on {name}. Locks between machines may not hold there and a record shown as saved \
         may not survive a failure of the server. Keep the journal on a local disk (--state PATH)",
        journal.display()
    ))
}

#[cfg(target_os = "linux")]
fn kind_of(place: &Path) -> Option<&'static str> {
    let kind = rustix::fs::statfs(place).ok()?.f_type;
    // The magic numbers of statfs(2); the type of `f_type` differs from platform to platform.
    match u32::try_from(kind & 0xffff_ffff).ok()? {
        0x6969 => Some("a network file system (NFS)"),
        0xfe53_4d42 | 0xff53_4d42 | 0x517b => Some("a network file system (SMB)"),
        0x6573_5546 => Some("a user-space file system (FUSE)"),
        0x0102_1997 => Some("a shared folder (9p)"),
        _ => None,
    }
}

#[cfg(not(target_os = "linux"))]
fn kind_of(_place: &Path) -> Option<&'static str> {
    None
}

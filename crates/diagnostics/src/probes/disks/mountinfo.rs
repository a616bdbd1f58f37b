//! /proc/self/mountinfo, proc_pid_mountinfo(5).

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    /// `major:minor` of the file system's device.
    pub device: String,
    /// What of the file system is mounted; `/` unless it is a bind mount.
    pub root: String,
    /// Where.
    pub mount_point: String,
    /// Type of the file system.
    pub fs: String,
    /// Device node or other source.
    pub source: String,
    /// Read-only here, or as a whole.
    pub read_only: bool,
}

/// Every well-formed line.
pub(super) fn parse(text: &str) -> Vec<Mount> {
    text.lines().filter_map(parse_line).collect()
}

/// `36 35 98:0 /root /mnt rw,noatime shared:1 - ext3 /dev/root rw,errors=continue`: the number of fields before the
/// dash varies.
fn parse_line(line: &str) -> Option<Mount> {
    let (left, right) = line.split_once(" - ")?;
    let mut left = left.split(' ').skip(2);
    let (device, root, mount_point, options) = (left.next()?, left.next()?, left.next()?, left.next()?);
    let mut right = right.split(' ');
    let (fs, source) = (right.next()?, right.next()?);
    let of_the_whole = right.next().unwrap_or_default();
    let is_read_only = |options: &str| options.split(',').any(|option| option == "ro");
    Some(Mount {
        device: device.to_owned(),
        root: unescape(root),
        mount_point: unescape(mount_point),
        fs: fs.to_owned(),
        source: unescape(source),
        read_only: is_read_only(options) || is_read_only(of_the_whole),
    })
}

/// Space, tab, newline and backslash are written in octal: `\040`.
fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let octal = bytes
            .get(at + 1..at + 4)
            .filter(|_| bytes[at] == b'\\')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal {
            Some(byte) => {
                plain.push(byte);
                at += 4;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// The mounts that are local file systems people write to, each file system once, by its shortest path.
pub(super) fn local_volumes(mut mounts: Vec<Mount>) -> Vec<Mount> {
    // Made read-only on purpose: packages and pictures of discs.
    const NOT_VOLUMES: &[&str] = &["squashfs", "iso9660", "udf", "erofs", "cramfs"];
    const WITHOUT_NODE: &[&str] = &["zfs", "bcachefs"];
    mounts.retain(|mount| {
        !NOT_VOLUMES.contains(&mount.fs.as_str())
            && (mount.source.starts_with("/dev/") || WITHOUT_NODE.contains(&mount.fs.as_str()))
            && mount.source != "/dev/fuse"
    });
    mounts.sort_by_key(|mount| (mount.root != "/", mount.mount_point.len()));
    let mut seen = std::collections::HashSet::new();
    mounts.retain(|mount| seen.insert(mount.source.clone()));
    mounts
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDED: &str = include_str!("recorded/mountinfo.txt");

    #[test]
    fn reads_every_line_with_its_escapes() {
        let mounts = parse(RECORDED);
        assert_eq!(mounts.len(), 9);
        let usb = mounts.iter().find(|mount| mount.source == "/dev/sdb1").unwrap();
        assert_eq!(usb.mount_point, "/media/ivan/МОЙ ДИСК");
        assert!(usb.read_only, "the whole file system is read-only, though the mount says rw");
        assert_eq!(parse("nonsense\n1 2 3 - \n"), []);
    }

    #[test]
    fn volumes_are_local_writable_kinds_each_once() {
        let volumes = local_volumes(parse(RECORDED));
        let mut points: Vec<_> = volumes.iter().map(|mount| mount.mount_point.as_str()).collect();
        points.sort_unstable();
        // Not the snap, not NFS, not proc, and /srv/data (a bind mount of /) not twice.
        assert_eq!(points, ["/", "/boot/efi", "/home", "/media/ivan/МОЙ ДИСК"]);
    }
}

//! Letters as files, for people who try the server out.
use rand::RngExt;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Of a file's name, in bytes; systems have 255.
const NAME_MAX: usize = 200;

#[derive(Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Made if there is none, closed to others.
    ///
    /// # Errors
    /// When it can be neither found nor made.
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(dir)?;
        Ok(Self(dir.to_owned()))
    }

    /// Written to a temporary file and renamed, so that no reader of the folder sees half a letter.
    pub(super) fn write(&self, message_id: &str, message: &[u8]) -> io::Result<()> {
        let name = file_safe(message_id);
        let draft = self.0.join(format!(".{name}.{:08x}", rand::rng().random::<u32>()));
        let written = owner_only(&draft).and_then(|mut file| file.write_all(message));
        let done = written.and_then(|()| fs::rename(&draft, self.0.join(format!("{name}.eml"))));
        if done.is_err() {
            // The failure that is told is the first one.
            let _ = fs::remove_file(&draft);
        }
        done
    }
}

fn owner_only(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn file_safe(message_id: &str) -> String {
    let bare = message_id.trim_matches(['<', '>']).chars();
    let safe = |c: char| if c.is_ascii_alphanumeric() || "@.-_+".contains(c) { c } else { '_' };
    bare.map(safe).take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_a_file_for_its_owner_only_and_written_again_it_is_the_same_one() {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("mail/out");
        let folder = Folder::open(&dir).unwrap();
        for text in ["first", "second"] {
            folder.write("<a.b@care>", text.as_bytes()).unwrap();
        }
        let names: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a.b@care.eml"]);
        assert_eq!(fs::read_to_string(dir.join("a.b@care.eml")).unwrap(), "second");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&dir), mode(&dir.join("a.b@care.eml"))), (0o700, 0o600));
        }
    }

    #[test]
    fn no_id_leaves_the_folder() {
        assert_eq!(file_safe("<../../etc/passwd>"), ".._.._etc_passwd");
        assert_eq!(file_safe("<a\0b\r\nж@c>"), "a_b___@c");
        assert_eq!(file_safe(&"x".repeat(10_000)).len(), NAME_MAX);
    }

    #[test]
    fn a_folder_that_is_gone_leaves_nothing_behind() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        drop(place);
        assert!(folder.write("<a@b>", b"text").is_err());
    }
}

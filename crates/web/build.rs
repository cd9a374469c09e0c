//! Compresses what browsers get, gives the app's files a name that changes with them, and lets cargo notice files that are
//! new or gone: the compiler alone knows only those that it embedded last time.

use std::{
    env,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

/// Where the files lie.
const FILES: &str = "files";
/// The page of the app.
const APP_PAGE: &str = "app.html";
/// Where the app's own files lie, and how its page calls that place.
const APP: &str = "app/";
const APP_IN_THE_PAGE: &str = "/assets/app/";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FILES}");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let names = names(Path::new(FILES))?;
    let release = release(&names)?;
    println!("cargo::rustc-env=LATCHKEY_APP_RELEASE={release}");
    let page = fs::read_to_string(Path::new(FILES).join(APP_PAGE))?;
    let page = page.replace(APP_IN_THE_PAGE, &format!("/assets/app-{release}/"));
    fs::write(out.join(APP_PAGE), &page)?;

    let mut table = String::from("static COMPRESSED: &[(&str, &[u8])] = &[\n");
    for (number, name) in names.into_iter().enumerate() {
        let plain = match &*name {
            APP_PAGE => page.clone().into_bytes(),
            _ => fs::read(Path::new(FILES).join(&name))?,
        };
        let compressed = gzip(&plain)?;
        // What is hardly shorter goes out as it is.
        if compressed.len() + plain.len() / 10 < plain.len() {
            let file = out.join(format!("{number}.gz"));
            fs::write(&file, compressed)?;
            let file = file.display().to_string();
            // Writing into a string can't fail.
            let _ = writeln!(table, "    ({name:?}, include_bytes!({file:?})),");
        }
    }
    table.push_str("];\n");
    fs::write(out.join("compressed.rs"), table)
}

/// Sixteen digits that change whenever one of the app's files does: browsers may keep what lies under them for good.
fn release(names: &[String]) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    for name in names.iter().filter(|name| name.starts_with(APP)) {
        name.hash(&mut hasher);
        fs::read(Path::new(FILES).join(name))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The files in a folder and its folders, by the names that they are embedded under.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            found.extend(names(&path)?);
        } else if let Ok(name) = path.strip_prefix(FILES) {
            found.push(name.to_string_lossy().replace('\\', "/"));
        }
    }
    found.sort();
    Ok(found)
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

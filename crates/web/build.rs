//! Compresses what browsers get, and lets cargo notice files that are new or gone: the compiler alone knows only those
//! that it embedded last time.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

/// Where the files lie.
const FILES: &str = "files";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FILES}");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut table = String::from("static COMPRESSED: &[(&str, &[u8])] = &[\n");
    for (number, name) in names(Path::new(FILES))?.into_iter().enumerate() {
        let plain = fs::read(Path::new(FILES).join(&name))?;
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

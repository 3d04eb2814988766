//! Imports of TypeScript and JavaScript: strings with a relative path, after `from`, `import` or
//! `require`.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::graph::Graph;

/// What comes before the path of an import.
const KEYWORDS: [&str; 4] = ["from", "import", "import(", "require("];

/// Adds the imports of one script; `files` are the names of all scripts.
pub(super) fn add(graph: &mut Graph, files: &BTreeSet<String>, file: &str, text: &str) {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let code = text.lines().filter(|line| !line.trim_start().starts_with(['/', '*']));
    for import in code.flat_map(relative_imports).filter_map(|path| find(files, folder, path)) {
        graph.add(file, &import);
    }
}

fn relative_imports(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices(['\'', '"']).filter_map(|(start, quote)| {
        let before = line[..start].trim_end();
        let path = line[start + 1..].split(quote).next()?;
        let imported = KEYWORDS.iter().any(|keyword| before.ends_with(keyword));
        (imported && path.starts_with('.')).then_some(path)
    })
}

/// The script that a path means, by the rules of bundlers; `None` for what is generated.
fn find(files: &BTreeSet<String>, folder: &Path, path: &str) -> Option<String> {
    let path = normalize(&folder.join(path)).to_str()?.to_owned();
    let typescript = path.strip_suffix(".js").unwrap_or(&path);
    let names = [path.clone(), format!("{typescript}.ts"), format!("{path}.js")];
    names.into_iter().find(|name| files.contains(name))
}

/// Resolves `.` and `..` by the text alone.
fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal
}

//! The check that no files import each other in a circle, in Rust, TypeScript and JavaScript.

mod graph;
mod rust;
mod script;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::command::{Failed, Program, root};
use crate::metadata::members;
use graph::Graph;

/// The workspace, and the packages that are workspaces of their own.
const MANIFESTS: [&str; 6] = [
    "Cargo.toml",
    "benches/peers/Cargo.toml",
    "fuzz/Cargo.toml",
    "host/browser/bindings/Cargo.toml",
    "tests/sigma/Cargo.toml",
    "tests/vrl/Cargo.toml",
];

/// Fails with every circle as a path.
pub(crate) fn check() -> Result<(), Failed> {
    let root = root();
    let mut graph = Graph::default();
    for manifest in MANIFESTS {
        let packages = members(manifest)?.packages;
        for target in packages.iter().flat_map(|package| &package.targets) {
            rust::add(&mut graph, &root, &target.src_path)?;
        }
    }
    add_scripts(&mut graph, &root)?;
    let cycles = graph.cycles();
    if cycles.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = cycles.iter().map(|cycle| format!("  {}", cycle.join(" -> "))).collect();
    Err(Failed::Other(format!("files import each other in a circle:\n{}", lines.join("\n"))))
}

fn add_scripts(graph: &mut Graph, root: &Path) -> Result<(), Failed> {
    let files = Program::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .args(["*.ts", "*.js", "*.mjs"])
        .read()?;
    let files: BTreeSet<String> =
        files.lines().filter(|file| root.join(file).exists()).map(str::to_owned).collect();
    for file in &files {
        let path = root.join(file);
        let text = fs::read_to_string(&path).map_err(|error| Failed::File(path, error))?;
        script::add(graph, &files, file, &text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycles_of_crate(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut graph = Graph::default();
        rust::add(&mut graph, folder.path(), &folder.path().join("lib.rs")).unwrap();
        graph.cycles().into_iter().map(|cycle| cycle.join(" -> ")).collect()
    }

    #[test]
    fn finds_a_circle_of_use_declarations() {
        let cycles = cycles_of_crate(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use super::c::{C, self}; pub struct B(C);"),
            ("c.rs", "use crate::{a::A as Other}; pub struct C(Box<Other>);"),
        ]);
        assert_eq!(cycles, ["a.rs -> b.rs -> c.rs -> a.rs"]);
    }

    #[test]
    fn finds_a_circle_of_paths_in_code() {
        let cycles = cycles_of_crate(&[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod b; pub(crate) const ONE: u8 = 1; fn f() -> u8 { b::two() }"),
            ("a/b.rs", "pub(super) fn two() -> u8 { 1 + max!(super::ONE) }"),
        ]);
        assert_eq!(cycles, ["a/b.rs -> a/mod.rs -> a/b.rs"]);
    }

    #[test]
    fn follows_re_exports_to_the_definition() {
        let cycles = cycles_of_crate(&[
            ("lib.rs", "mod a; mod error; pub use a::run; pub use error::*;"),
            ("a.rs", "use crate::Error; pub fn run() -> Error { Error }"),
            ("error.rs", "pub struct Error;"),
        ]);
        assert!(cycles.is_empty(), "{cycles:?}");
    }

    #[test]
    fn ignores_tests_comments_and_strings() {
        let cycles = cycles_of_crate(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            (
                "b.rs",
                "pub struct B; // crate::a::A\n const S: &str = \"crate::a::A\";
                #[cfg(test)] mod tests { use crate::a::A; #[test] fn t() {} }",
            ),
        ]);
        assert!(cycles.is_empty(), "{cycles:?}");
    }

    #[test]
    fn finds_a_circle_of_scripts() {
        let texts = [
            ("src/a.ts", "import {\n  b,\n} from './lib/b';"),
            ("src/lib/b.ts", "// import '../c';\nimport type { C } from \"../c.js\";"),
            ("src/c.ts", "export * from './a';\nimport '../generated/d';"),
        ];
        let files = texts.iter().map(|(file, _)| (*file).to_owned()).collect();
        let mut graph = Graph::default();
        for (file, text) in texts {
            script::add(&mut graph, &files, file, text);
        }
        assert_eq!(graph.cycles(), [["src/a.ts", "src/lib/b.ts", "src/c.ts", "src/a.ts"]]);
    }
}

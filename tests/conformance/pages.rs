//! The README shows files as they are in the tree.

#[test]
fn the_readme_contains_the_embedding_example() {
    let readme = include_str!("../../README.md");
    assert!(readme.contains(include_str!("../../host/wasmtime/examples/embed.rs")));
}

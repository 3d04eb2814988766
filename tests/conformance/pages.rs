//! What the README shows is what is in the tree.

#[test]
fn the_readme_shows_the_example_of_the_embedding() {
    let readme = include_str!("../../README.md");
    assert!(readme.contains(include_str!("../../host/wasmtime/examples/embed.rs")));
}

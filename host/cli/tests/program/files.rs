//! Files of every form in which people hold records, without any option.

use sekisho_generator::file_forms::FILE_FORMS;

use crate::support::{pipe, three};

#[track_caller]
fn check(name: &str, file: &str) {
    for command in ["classify", "explain", "attempts"] {
        let run = pipe(&[command, "--format", "ndjson"], file.as_bytes());
        assert_eq!(run.exit, Some(0), "{command}, {name}: {}", run.stderr);
        let mut users: Vec<_> = run
            .lines()
            .iter()
            .filter_map(|line| {
                let places = ["/user", "/actor/user", "/attempt/user"];
                places.iter().find_map(|place| line.pointer(place)?.as_str().map(str::to_owned))
            })
            .collect();
        users.sort();
        assert_eq!(users, ["anaya", "mateo"], "{command}, {name}: {}", run.stdout);
    }
}

#[test]
fn each_form_of_file_is_read() {
    for form in FILE_FORMS {
        check(form.name, &form.file(&three()));
    }
}

//! Which files a simple command would change.

use super::{Command, Word};

/// The files that a command changes, by its redirections and by what it does.
pub(super) fn of(command: &Command) -> Vec<Word> {
    let mut files = command.redirects.clone();
    let Some(name) = command.name() else { return files };
    let arguments = command.arguments();
    let (flags, operands) = split(arguments);
    match name.as_str() {
        "tee" | "truncate" | "touch" | "rm" | "rmdir" | "unlink" | "shred" | "mkdir" | "mkfifo"
        | "mknod" | "wipefs" | "chmod" | "chown" | "chgrp" | "chattr" | "setfacl" | "mv" => {
            files.extend(operands);
        }
        "cp" | "ln" | "install" | "rsync" | "scp" => files.extend(operands.into_iter().next_back()),
        "sed" | "perl" if flags.iter().any(|f| in_place(f)) => files.extend(operands),
        "patch" => files.extend(operands.into_iter().take(1)),
        "dd" => files.extend(arguments.iter().filter_map(|w| after(w, "of="))),
        _ => {}
    }
    let target: &[&str] = match name.as_str() {
        "cp" | "mv" | "ln" | "install" => &["-t", "--target-directory"],
        "curl" => &["-o", "--output", "--output-dir"],
        "wget" => &["-O", "-P", "--output-document", "--directory-prefix"],
        "sort" => &["-o", "--output"],
        "unzip" => &["-d"],
        "tar" => &["-C", "--directory"],
        _ => &[],
    };
    for (at, word) in arguments.iter().enumerate() {
        let text = word.text();
        for flag in target {
            if text == *flag {
                files.extend(arguments.get(at + 1).cloned());
            } else {
                let joined =
                    if flag.starts_with("--") { format!("{flag}=") } else { (*flag).into() };
                files.extend(after(word, &joined));
            }
        }
    }
    files
}

/// `-i`, `-i.bak`, `--in-place`, `-pi`.
fn in_place(flag: &str) -> bool {
    flag.starts_with("--in-place") || (!flag.starts_with("--") && flag.contains('i'))
}

/// The rest of a word that begins with this.
fn after(word: &Word, start: &str) -> Option<Word> {
    let length = start.chars().count();
    let begins = word.units.iter().map(|u| u.c).take(length).eq(start.chars());
    (begins && word.units.len() > length)
        .then(|| Word { units: word.units[length..].to_vec(), ..Word::default() })
}

/// The flags, and what is none.
fn split(arguments: &[Word]) -> (Vec<String>, Vec<Word>) {
    let (mut flags, mut operands) = (Vec::new(), Vec::new());
    let mut ended = false;
    for word in arguments {
        let text = word.text();
        if !ended && text == "--" {
            ended = true;
        } else if !ended && text.starts_with('-') && text.len() > 1 {
            flags.push(text);
        } else {
            operands.push(word.clone());
        }
    }
    (flags, operands)
}

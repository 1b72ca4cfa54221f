//! What a simple command runs in turn: through `sudo`, by `bash -c`, for what `find` finds.

use super::lex::Parser;
use super::word::{UNKNOWN, Unit, Word};
use super::wrappers::{self, Form};
use super::{Command, Reads, Trouble, Wrapper};

const SHELLS: &[&str] =
    &["sh", "bash", "zsh", "dash", "ksh", "mksh", "ash", "rbash", "fish", "tcsh", "csh"];

/// The names of standard input.
const INPUT: &[&str] = &["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];

/// The scripts in a command, and what is known of one that is not in it.
struct Scripts {
    texts: Vec<Vec<Unit>>,
    reads: Reads,
}

impl Parser<'_, '_> {
    /// Takes a simple command, and all that it runs in turn.
    pub(super) fn run(&mut self, mut command: Command) -> Result<(), Trouble> {
        command.level = self.level;
        if command.through.is_empty() {
            command.through.clone_from(&self.through);
        }
        let Some(first) = command.words.first() else {
            return if command.redirects.is_empty() { Ok(()) } else { self.state.push(command) };
        };
        self.state.work(command.words.len() + first.units.len())?;
        let Some(name) = command.name() else { return self.state.push(command) };
        if let Some(form) = wrappers::find(&name) {
            return self.deeper(|p| p.wrapped(command, &name, form));
        }
        if matches!(name.as_str(), "export" | "declare" | "local" | "readonly" | "typeset") {
            self.declare(command.arguments());
        }
        if matches!(name.as_str(), "read" | "printf" | "mapfile" | "readarray" | "getopts" | "let")
        {
            self.forget(command.arguments());
        }
        let mut scripts = scripts_of(&name, command.arguments());
        command.reads = scripts.reads;
        if scripts.reads == Reads::Input
            && let Some(text) = &command.stdin
        {
            command.reads = reads_of(Some(text));
            scripts.texts.push(text.clone());
        }
        let inner = found(&name, command.arguments());
        let entered = match name.as_str() {
            "cd" | "pushd" => {
                let folder = command.arguments().iter().rfind(|w| !w.text().starts_with("--"));
                Some(folder.cloned())
            }
            "popd" => Some(Some(Word::unknown())),
            _ => None,
        };
        let mut through = command.through.clone();
        through.push(Wrapper { name, span: None });
        self.state.push(command)?;
        if let Some(folder) = entered {
            self.state.enter(folder.as_ref());
        }
        for words in inner {
            let through = through.clone();
            self.deeper(|p| p.run(Command { words, through, ..Command::default() }))?;
        }
        let folder = self.state.folder.clone();
        let away = through.last().is_some_and(|w| w.name == "ssh");
        if away {
            self.state.enter(Some(&Word::unknown()));
        }
        for text in scripts.texts {
            self.script(&text, through.clone())?;
        }
        if away {
            self.state.folder = folder;
        }
        Ok(())
    }

    /// A command that starts another one.
    fn wrapped(&mut self, command: Command, name: &str, form: &Form) -> Result<(), Trouble> {
        let texts: Vec<String> = command.arguments().iter().map(Word::text).collect();
        let asks = name == "command" && texts.first().is_some_and(|t| t == "-v" || t == "-V");
        if asks {
            return self.state.push(command);
        }
        if let Some(script) = script_of_wrapper(name, command.arguments()) {
            let mut through = command.through.clone();
            through.push(Wrapper { name: name.to_owned(), span: None });
            self.state.push(command)?;
            return self.script(&script, through);
        }
        let after_flags = 1 + form.command(&texts);
        let mut at = after_flags;
        if matches!(name, "env" | "sudo" | "doas") {
            while command.words.get(at).is_some_and(|w| w.assignment().is_some()) {
                at += 1;
            }
        }
        let mut words = command.words.get(at..).unwrap_or_default().to_vec();
        if words.is_empty() {
            let shell = texts.iter().any(|t| t == "-s" || t == "-i" || t == "--login");
            let reads = if shell { Reads::Input } else { Reads::Nothing };
            return self.state.push(Command { reads, ..command });
        }
        let start = command.words.first().and_then(|w| w.span.as_ref()).map(|s| s.start);
        let end = command.words.get(after_flags).and_then(|w| w.span.as_ref()).map(|s| s.start);
        let span = start.zip(end).filter(|(start, end)| start < end).map(|(s, e)| s..e);
        let mut stdin = command.stdin.clone();
        if name == "xargs" {
            from_input(&texts[..at - 1], &mut words);
            stdin = None;
        }
        let mut through = command.through.clone();
        through.push(Wrapper { name: name.to_owned(), span });
        let redirects = command.redirects.clone();
        self.state.push(Command { redirects: Vec::new(), stdin: None, ..command })?;
        let folder = self.state.folder.clone();
        if moves(name, &texts[..at - 1]) {
            self.state.enter(Some(&Word::unknown()));
        }
        let result = self.run(Command { words, through, redirects, stdin, ..Command::default() });
        self.state.folder = folder;
        result
    }
}

/// Does what starts a command have it run in another folder?
fn moves(name: &str, flags: &[String]) -> bool {
    let flagged = |flag: &String| {
        ["-C", "-D", "-R", "--chdir", "--chroot", "--root", "--wd"]
            .iter()
            .any(|f| flag.starts_with(f))
    };
    matches!(name, "chroot" | "nsenter")
        || (matches!(name, "env" | "sudo" | "unshare") && flags.iter().any(flagged))
}

/// `env -S 'a b'` and `flock file -c 'a b'`.
fn script_of_wrapper(name: &str, arguments: &[Word]) -> Option<Vec<Unit>> {
    let flag = match name {
        "env" => ["-S", "--split-string"],
        "flock" => ["-c", "--command"],
        _ => return None,
    };
    let at = arguments.iter().position(|w| flag.iter().any(|f| w.text().starts_with(f)))?;
    let text = arguments[at].text();
    let joined = flag.iter().find_map(|f| text.strip_prefix(f)).unwrap_or_default();
    let rest = join(&arguments[at + 1..]);
    let own = Word::literal(joined.trim_start_matches('='));
    Some(join(&[own, Word { units: rest, ..Word::default() }]))
}

/// What `xargs` adds to a command is known when it runs.
fn from_input(flags: &[String], words: &mut Vec<Word>) {
    let replaced = flags.iter().enumerate().find_map(|(at, flag)| {
        let mark = flag.strip_prefix("-I").or_else(|| flag.strip_prefix("--replace="));
        let next = flags.get(at + 1).map(String::as_str);
        mark.map(|m| if m.is_empty() { next.unwrap_or("{}") } else { m })
    });
    let old = flags.iter().any(|f| f == "-i" || f == "--replace").then_some("{}");
    match replaced.or(old) {
        Some(mark) => words.iter_mut().for_each(|word| *word = filled(word, mark)),
        None => words.push(Word::unknown()),
    }
}

/// A word with what is filled in later.
fn filled(word: &Word, mark: &str) -> Word {
    let text = word.text();
    if mark.is_empty() || !text.contains(mark) {
        return word.clone();
    }
    Word::literal(&text.replace(mark, &UNKNOWN.to_string()))
}

/// The commands that `find` and `fd` run for what they find.
fn found(name: &str, arguments: &[Word]) -> Vec<Vec<Word>> {
    let flags: &[&str] = match name {
        "find" => &["-exec", "-execdir", "-ok", "-okdir"],
        "fd" | "fdfind" => &["-x", "-X", "--exec", "--exec-batch"],
        _ => return Vec::new(),
    };
    let mut commands = Vec::new();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        if flags.contains(&word.text().as_str()) {
            let ends = |word: &Word| name == "find" && matches!(word.text().as_str(), ";" | "+");
            let words: Vec<Word> =
                rest.by_ref().take_while(|w| !ends(w)).map(|w| filled(w, "{}")).collect();
            commands.push(words);
        }
    }
    commands
}

/// The scripts that a command holds or reads.
fn scripts_of(name: &str, arguments: &[Word]) -> Scripts {
    let of = |texts: Vec<Vec<Unit>>| {
        let unknown = texts.iter().any(|t| reads_of(Some(t)) == Reads::Unknown);
        Scripts { texts, reads: if unknown { Reads::Unknown } else { Reads::Nothing } }
    };
    let reads = |reads| Scripts { texts: Vec::new(), reads };
    let text = |at: usize| arguments.get(at).map(Word::text).unwrap_or_default();
    let flag = |names: &[&str]| {
        (0..arguments.len()).find(|at| names.contains(&text(*at).to_ascii_lowercase().as_str()))
    };
    let rest = |at: usize| join(arguments.get(at..).unwrap_or_default());
    match name {
        shell if SHELLS.contains(&shell) => of_shell(arguments),
        "eval" => of(vec![rest(0)]),
        "source" | "." => reads(of_file(arguments.first())),
        "trap" if arguments.len() > 1 => of(vec![arguments[0].units.clone()]),
        "alias" => {
            of(arguments.iter().filter_map(|w| w.assignment().map(|(_, value)| value)).collect())
        }
        "su" | "runuser" | "script" => match flag(&["-c", "--command"]) {
            Some(at) => of(arguments.get(at + 1).map(|w| w.units.clone()).into_iter().collect()),
            None => reads(if name == "script" { Reads::Nothing } else { Reads::Input }),
        },
        "cmd" => of(flag(&["/c", "/k"]).map(|at| rest(at + 1)).into_iter().collect()),
        "powershell" | "pwsh" => match flag(&["-command", "-c"]) {
            Some(at) => of(vec![rest(at + 1)]),
            None if flag(&["-encodedcommand", "-enc", "-e", "-ec"]).is_some() => {
                reads(Reads::Unknown)
            }
            None if arguments.is_empty() => reads(Reads::Input),
            None => reads(Reads::Nothing),
        },
        "watch" | "parallel" => {
            let until = flag(&[":::", "::::"]).unwrap_or(arguments.len());
            let from = (0..until).find(|at| {
                let word = text(*at);
                !word.starts_with('-') && !word.starts_with(|c: char| c.is_ascii_digit())
            });
            of(from.map(|from| join(&arguments[from..until])).into_iter().collect())
        }
        "ssh" => {
            let mut at = 0;
            while text(at).starts_with('-') {
                let takes = text(at).len() == 2 && "bcDEeFIiJLlmOopQRSWw".contains(&text(at)[1..]);
                at += if takes { 2 } else { 1 };
            }
            if at + 1 < arguments.len() { of(vec![rest(at + 1)]) } else { reads(Reads::Input) }
        }
        _ => reads(Reads::Nothing),
    }
}

/// `bash -c script`, `bash file`, or `bash` that reads its input.
fn of_shell(arguments: &[Word]) -> Scripts {
    let mut at = 0;
    let none = |reads| Scripts { texts: Vec::new(), reads };
    while let Some(word) = arguments.get(at) {
        let text = word.text();
        if text == "--" || !text.starts_with(['-', '+']) || text == "-" {
            break;
        }
        let cluster = !text.starts_with("--");
        if text == "--command" || (cluster && text.starts_with('-') && text.contains('c')) {
            let script = arguments[at + 1..].iter().find(|w| !w.text().starts_with(['-', '+']));
            let Some(script) = script else { return none(Reads::Nothing) };
            let reads = reads_of(Some(&script.units));
            return Scripts { texts: vec![script.units.clone()], reads };
        }
        if cluster && text.contains('s') {
            return none(Reads::Input);
        }
        let valued = matches!(text.as_str(), "--rcfile" | "--init-file")
            || (cluster && text.ends_with(['o', 'O']));
        at += if valued { 2 } else { 1 };
    }
    if arguments.get(at).is_some_and(|w| w.text() == "--") {
        at += 1;
    }
    none(match arguments.get(at) {
        None => Reads::Input,
        file => of_file(file),
    })
}

/// A script in a file is not looked at; one that comes through a pipe may be anything.
fn of_file(file: Option<&Word>) -> Reads {
    match file {
        Some(file) if file.process => Reads::Unknown,
        // It may be nothing at all.
        Some(file) if file.units.iter().all(|u| u.c == UNKNOWN && !u.quoted) => Reads::Input,
        Some(file) if INPUT.contains(&file.text().as_str()) => Reads::Input,
        _ => Reads::Nothing,
    }
}

/// What is known of a script that is this text.
pub(super) fn reads_of(text: Option<&[Unit]>) -> Reads {
    let known = text.is_some_and(|units| {
        units.is_empty() || units.iter().any(|u| u.c != UNKNOWN && !u.c.is_whitespace())
    });
    if known { Reads::Nothing } else { Reads::Unknown }
}

/// What `echo` and `printf` write, where that is plain.
pub(super) fn printed(name: &str, arguments: &[Word]) -> Option<Vec<Unit>> {
    let texts: Vec<String> = arguments.iter().map(Word::text).collect();
    let plain = match name {
        "echo" => {
            let flag = |t: &String| {
                t.len() > 1 && t.starts_with('-') && t[1..].chars().all(|c| "neE".contains(c))
            };
            let from = texts.iter().take_while(|t| flag(t)).count();
            &arguments[from..]
        }
        "printf" => match texts.first()?.trim_end_matches("\\n") {
            "%s" if texts.len() == 2 => &arguments[1..],
            format if texts.len() == 1 && !format.contains(['%', '\\']) => {
                return Some(Word::literal(&format!("{format}\n")).units);
            }
            _ => return None,
        },
        _ => return None,
    };
    // Some shells' `echo` reads escapes.
    let mut units = join(plain);
    units.push(Unit { c: '\n', quoted: true });
    (name == "printf" || !units.iter().any(|u| u.c == '\\')).then_some(units)
}

/// Words with blanks between them, as a script.
fn join(words: &[Word]) -> Vec<Unit> {
    let mut units = Vec::new();
    for word in words {
        if !units.is_empty() {
            units.push(Unit { c: ' ', quoted: true });
        }
        units.extend_from_slice(&word.units);
    }
    units
}

//! Commands that start another one: how to find it among their arguments.

/// How a command writes the one that it starts.
pub(super) struct Form {
    pub(super) name: &'static str,
    /// Short flags that take the next word.
    short: &'static str,
    /// Long flags that take the next word.
    long: &'static [&'static str],
    /// Words before the command.
    operands: usize,
}

const fn form(
    name: &'static str,
    short: &'static str,
    long: &'static [&'static str],
    operands: usize,
) -> Form {
    Form { name, short, long, operands }
}

const FORMS: &[Form] = &[
    form(
        "sudo",
        "CDghpRrTtUu",
        &[
            "user",
            "group",
            "host",
            "prompt",
            "chdir",
            "chroot",
            "role",
            "type",
            "close-from",
            "other-user",
            "command-timeout",
        ],
        0,
    ),
    form("doas", "Cu", &[], 0),
    form("pkexec", "", &["user"], 0),
    form("env", "uCS", &["unset", "chdir", "split-string"], 0),
    form("command", "", &[], 0),
    form("builtin", "", &[], 0),
    form("exec", "a", &[], 0),
    form("nohup", "", &[], 0),
    form("setsid", "", &[], 0),
    form("time", "fo", &["format", "output"], 0),
    form("nice", "n", &["adjustment"], 0),
    form("ionice", "cnpPu", &["class", "classdata"], 0),
    form("chrt", "TPD", &[], 1),
    form("taskset", "", &[], 1),
    form("timeout", "ks", &["kill-after", "signal"], 1),
    form("gtimeout", "ks", &["kill-after", "signal"], 1),
    form("stdbuf", "ioe", &["input", "output", "error"], 0),
    form("unbuffer", "", &[], 0),
    form(
        "xargs",
        "adEILnPs",
        &["arg-file", "delimiter", "max-args", "max-procs", "max-chars", "replace", "max-lines"],
        0,
    ),
    form("flock", "wEc", &["timeout", "conflict-exit-code", "command"], 1),
    form("chroot", "", &["userspec", "groups"], 1),
    form("unshare", "RwSG", &["root", "wd", "setuid", "setgid"], 0),
    form("nsenter", "tSGrw", &["target", "setuid", "setgid"], 0),
    form("strace", "abEeIoOpPSsuX", &[], 0),
    form("ltrace", "aeFlnopsSux", &[], 0),
    form("caffeinate", "tw", &[], 0),
    form("busybox", "", &[], 0),
    form("toybox", "", &[], 0),
    form("noglob", "", &[], 0),
    form("nocorrect", "", &[], 0),
];

/// The form of a command that starts another one.
pub(super) fn find(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|f| f.name == name)
}

impl Form {
    /// Where the command begins among the arguments: after flags, their values and operands.
    pub(super) fn command(&self, arguments: &[String]) -> usize {
        let mut at = 0;
        let mut operands = self.operands;
        while let Some(text) = arguments.get(at) {
            if text == "--" {
                at += 1 + operands;
                break;
            }
            if text.starts_with('-') && text != "-" {
                at += if self.takes_value(text) { 2 } else { 1 };
            } else if operands > 0 {
                operands -= 1;
                at += 1;
            } else {
                break;
            }
        }
        at.min(arguments.len())
    }

    /// Is the value of this flag the next word?
    fn takes_value(&self, flag: &str) -> bool {
        if let Some(name) = flag.strip_prefix("--") {
            return self.long.contains(&name);
        }
        // In `-nu root`, the last one takes it; in `-uroot`, it stands in the word.
        let first = flag.char_indices().skip(1).find(|(_, c)| self.short.contains(*c));
        first.is_some_and(|(at, c)| at + c.len_utf8() == flag.len())
    }
}

//! `handbook check --rules` and `--explain`: the table of rules, as the program has it.

use std::io::{self, Write};

use crate::command::Failure;
use crate::config::Config;
use crate::diagnostic::{RULES, Rule, did_you_mean, nearest};
use crate::style;

/// Prints all rules.
pub fn print(config: &Config, out: &mut impl Write) -> io::Result<()> {
    for rule in RULES {
        let level = config.checks.level(rule, "");
        let (colour, word) = level.map_or((style::FAINT, "off"), |level| (style::of_severity(level), level.as_str()));
        writeln!(out, "{colour}{word:<7}{} {}{}{}  {}", style::RESET, style::STRONG, rule.code, style::RESET, rule.meaning)?;
    }
    Ok(())
}

/// Prints all rules, one JSON object a line.
pub fn print_json(config: &Config, out: &mut impl Write) -> io::Result<()> {
    for rule in RULES {
        let level = config.checks.level(rule, "").map_or("off", |level| level.as_str());
        let default = rule.severity.as_str();
        let line =
            serde_json::json!({"code": rule.code, "severity": level, "default": default, "meaning": rule.meaning, "mend": rule.mend});
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Prints one rule: what it finds, how to mend it, how to set it.
pub fn explain(code: &str, config: &Config, out: &mut impl Write) -> Result<(), Failure> {
    let rule = RULES.iter().find(|rule| rule.code == code).ok_or_else(|| {
        let near = did_you_mean(&nearest(code, RULES.iter().map(|rule| rule.code), 3));
        let hint = near.unwrap_or_else(|| "`handbook check --rules` lists them".to_owned());
        Failure::Usage(format!("no rule is called `{code}`; {hint}"))
    })?;
    let level = config.checks.level(rule, "").map_or("off", |level| level.as_str());
    let default = rule.severity.as_str();
    let set = if level == default { String::new() } else { format!(", {level} here") };
    writeln!(out, "{}{code}{} ({default}{set})", style::STRONG, style::RESET)?;
    writeln!(out, "{}\n", rule.meaning)?;
    writeln!(out, "To mend it:     {}", rule.mend)?;
    writeln!(out, "To allow one:   <!-- handbook: allow {code} because ... -->  on the line or the line before")?;
    writeln!(out, "To set it:      checks: {{{code}: off}}  in handbook.yaml; error, warning, note or off")?;
    Ok(())
}

/// The table of the guide.
pub fn markdown() -> String {
    let row = |rule: &&Rule| format!("| `{}` | {} | {} | {} |\n", rule.code, rule.severity.as_str(), rule.meaning, rule.mend);
    let rows: String = RULES.iter().map(row).collect();
    format!("| rule | default | what it finds | how to mend it |\n| --- | --- | --- | --- |\n{rows}")
}

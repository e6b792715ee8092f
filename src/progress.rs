//! A bar on a terminal for what takes more than half a second; nothing in a pipe. The one home of indicatif.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long nothing is shown.
const PATIENCE: Duration = Duration::from_millis(500);

/// The progress of one step, told by any number of threads.
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: OnceLock<()>,
}

impl Progress {
    /// A step that begins now.
    pub fn new(name: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg} {bar:32} {pos}/{len}").expect("the template is valid");
        bar.set_style(style);
        bar.set_message(name);
        Self { bar, started: Instant::now(), shown: OnceLock::new() }
    }

    /// One of `n_total` is done.
    pub fn advance(&self, n_total: usize) {
        self.bar.inc(1);
        if self.started.elapsed() > PATIENCE {
            self.shown.get_or_init(|| {
                self.bar.set_length(n_total as u64);
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            });
        }
    }

    /// The step is done; the bar goes.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

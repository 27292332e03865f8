//! Everything that this thread counts, and the window over its calls.

use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use topsdk::layer::slo::{Slo, SloWindow};
use topsdk_sandbox::fixtures::PAID_TRADE;

use super::marks::Marks;

/// Counts for as long as it lives.
pub(super) struct Counted {
    shown: PrometheusHandle,
    window: SloWindow,
    _guard: LocalRecorderGuard<'static>,
}

impl Counted {
    pub(super) fn start() -> Self {
        // The guard borrows the recorder, which has to outlive the test's awaits.
        let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
        let window = SloWindow::new(Slo::new().least_calls(1)).unwrap();
        Self { shown: recorder.handle(), window, _guard: metrics::set_default_local_recorder(recorder) }
    }

    /// To be given to clients.
    pub(super) fn window(&self) -> &SloWindow {
        &self.window
    }

    /// Looks for marks in all of it, and for what may be shown.
    pub(super) fn hunt(&self, marks: &mut Marks) {
        let text = self.shown.render();
        marks.hunt("the metrics", &text);
        let levels = self.window.snapshot();
        marks.hunt_debug("the snapshot of the service level", &levels);
        marks.hunt_debug("SloWindow", &self.window);
        let method = "taobao.trade.memo.update";
        for shown in [&format!("top_calls_total{{method=\"{method}\""), "top_refusals_total{"] {
            assert!(text.contains(shown), "the metrics do not show `{shown}`, so they are not collected");
        }
        assert_eq!(text.contains("top_slo_missed{"), levels.iter().any(|level| level.missed), "{levels:?}");
        assert!(levels.iter().any(|level| level.method == method), "{levels:?}");
        // Neither parameters nor free text of the platform, sensitive or not.
        for hidden in [PAID_TRADE.to_string().as_str(), "zqo-", "Refused", "Not allowed"] {
            assert!(!text.contains(hidden), "the metrics show `{hidden}`");
        }
    }
}

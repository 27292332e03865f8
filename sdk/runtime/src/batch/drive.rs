//! Several futures in one, some of them at once.

use std::future::poll_fn;
use std::task::Poll;

use crate::batch::gather::Gatherer;
use crate::transport::BoxFuture;

/// Completes all, at most so many at once, and brings what they bring in their order. The gatherer is told of each turn that those that
/// are under way have had.
pub(crate) async fn all<T>(work: Vec<BoxFuture<'static, T>>, at_once: usize, gatherer: Option<&Gatherer>) -> Vec<T> {
    let _turns = Turns(gatherer);
    let mut done: Vec<Option<T>> = work.iter().map(|_| None).collect();
    let mut waiting = work.into_iter().enumerate();
    let mut under_way = Vec::new();
    poll_fn(|context| {
        if let Some(gatherer) = gatherer {
            gatherer.turn_begins(context.waker());
        }
        loop {
            let room = at_once.saturating_sub(under_way.len());
            under_way.extend(waiting.by_ref().take(room));
            let before = under_way.len();
            under_way.retain_mut(|(number, future)| match future.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(output) => {
                    if let Some(place) = done.get_mut(*number) {
                        *place = Some(output);
                    }
                    false
                }
            });
            if under_way.is_empty() && waiting.len() == 0 {
                return Poll::Ready(());
            }
            if under_way.len() == before {
                break;
            }
        }
        if let Some(gatherer) = gatherer {
            gatherer.turn_is_over(under_way.len());
        }
        Poll::Pending
    })
    .await;
    done.into_iter().flatten().collect()
}

/// Says that there are no more turns, also where nobody waits for the end.
struct Turns<'a>(Option<&'a Gatherer>);

impl Drop for Turns<'_> {
    fn drop(&mut self) {
        if let Some(gatherer) = self.0 {
            gatherer.turns_end();
        }
    }
}

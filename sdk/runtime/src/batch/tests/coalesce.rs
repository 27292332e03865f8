//! Single calls that are gathered.

use super::*;

fn coalescing(gateway: &Gateway) -> Client {
    let coalesce = Coalesce::new().window(Duration::from_millis(2)).at_most(4);
    gateway.builder().coalesce(coalesce).build().unwrap()
}

/// Makes a call after so many milliseconds, in a task of its own.
fn later(client: &Client, ms: u64, tid: i64) -> tokio::task::JoinHandle<Result<Option<i64>, Error>> {
    let client = client.clone();
    tokio::spawn(async move {
        Paused.sleep(Duration::from_millis(ms)).await;
        client.call(MemoGet::new(tid)).await.map(|reply| reply.tid)
    })
}

#[tokio::test(start_paused = true)]
async fn calls_at_the_same_time_go_together() {
    for (at, expected) in [
        (vec![0, 0, 0], vec![vec![0, 1, 2]]),
        (vec![0, 1, 9, 10, 20], vec![vec![0, 1], vec![2, 3], vec![4]]),
        (vec![0, 0, 0, 0, 0], vec![vec![0, 1, 2, 3], vec![4]]),
        (vec![0], vec![vec![0]]),
    ] {
        let gateway = Gateway::default();
        let client = coalescing(&gateway);
        let tasks: Vec<_> = at.iter().zip(0..).map(|(ms, tid)| later(&client, *ms, tid)).collect();
        for (tid, task) in (0..).zip(tasks) {
            assert_eq!(task.await.unwrap().unwrap(), Some(tid));
        }
        assert_eq!(gateway.seen(), expected, "{at:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_request_does_not_wait() {
    let gateway = Gateway::default();
    let client = coalescing(&gateway);
    let start = Paused.now();
    let tasks: Vec<_> = (0..6).map(|tid| later(&client, 0, tid)).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let began: Vec<_> = gateway.began.lock().unwrap().iter().map(|began| *began - start).collect();
    assert_eq!(began, [Duration::ZERO, Duration::from_millis(2)]);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_is_not_sent_and_harms_nobody() {
    // Before the departure.
    let gateway = Gateway::default();
    let client = coalescing(&gateway);
    let tasks: Vec<_> = (0..3).map(|tid| later(&client, 0, tid)).collect();
    Paused.sleep(Duration::from_millis(1)).await;
    tasks[0].abort();
    let mut tasks = tasks.into_iter();
    assert!(tasks.next().unwrap().await.unwrap_err().is_cancelled());
    for (tid, task) in (1..).zip(tasks) {
        assert_eq!(task.await.unwrap().unwrap(), Some(tid));
    }
    assert_eq!(gateway.seen(), [[1, 2]]);

    // After it, whoever it was that sent.
    for gone in 0..3 {
        let gateway = Gateway::new(&[Do::Slow(50)]);
        let client = coalescing(&gateway);
        let tasks: Vec<_> = (0..3).map(|tid| later(&client, 0, tid)).collect();
        Paused.sleep(Duration::from_millis(20)).await;
        tasks[gone].abort();
        for (tid, task) in tasks.into_iter().enumerate() {
            match task.await {
                Ok(result) => assert_eq!(result.unwrap(), Some(i64::try_from(tid).unwrap())),
                Err(_) => assert_eq!(tid, gone),
            }
        }
        assert_eq!(gateway.seen(), [[0, 1, 2]]);
    }

    // All of them: nothing is left, and the next call begins anew.
    let gateway = Gateway::default();
    let client = coalescing(&gateway);
    let tasks: Vec<_> = (0..3).map(|tid| later(&client, 0, tid)).collect();
    Paused.sleep(Duration::from_millis(1)).await;
    for task in tasks {
        task.abort();
        assert!(task.await.is_err());
    }
    assert_eq!(later(&client, 0, 9).await.unwrap().unwrap(), Some(9));
    assert_eq!(gateway.seen(), [[9]]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_share_goes_alone() {
    let gateway = Gateway::default();
    let client = coalescing(&gateway);
    let image = client.call(MemoAdd::new(1).image(Upload::new("a.png", [1])));
    let body = client.call(MemoAdd::new(2)).with_body(Body::Json("{}".into()));
    let header = client.call(MemoAdd::new(3)).with_header("x-trace", "1");
    let target = client.call(MemoAdd::new(4)).with_target_app_key("77");
    let version = client.untyped("taobao.memo.get").param("tid", 5).param("v", "3.0");
    let plain = client.call(MemoGet::new(6));
    let (image, body, header, target, version, plain) = tokio::join!(
        image.into_future(),
        body.into_future(),
        header.into_future(),
        target.into_future(),
        version.into_future(),
        plain.into_future()
    );
    assert!(image.is_ok() && body.is_ok() && header.is_ok() && target.is_ok() && version.is_ok() && plain.is_ok());
    assert_eq!(counts(&gateway), [1; 6]);
}

#[tokio::test(start_paused = true)]
async fn each_gathered_call_knows_what_failed() {
    let gateway = Gateway::new(&[Do::Lose]);
    let client = coalescing(&gateway);
    let read = client.call(MemoGet::new(1));
    let write = client.call(MemoAdd::new(2));
    let (read, write) = tokio::join!(read.into_future(), write.into_future());
    assert_eq!((read.unwrap().tid, gateway.seen()), (Some(1), vec![vec![1, 2], vec![1]]));
    assert_eq!(write.unwrap_err().attempts().stopped(), Some(Stopped::MayBeApplied));
}

/// A client that keeps calls for half a second.
fn slow(gateway: &Gateway) -> Client {
    gateway.builder().coalesce(Coalesce::new().window(Duration::from_millis(500))).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_a_call_waits_for_others_is_part_of_its_time() {
    let ms = Duration::from_millis;
    // When the request goes, and how long it may take: a call keeps half of its time for the way.
    for (limits, at, timeout) in [
        (vec![Some(100)], 50, Some(50)),
        (vec![Some(100), None], 50, None),
        (vec![None, Some(100), Some(300)], 50, None),
        (vec![Some(200), Some(100)], 50, Some(150)),
        (vec![Some(2_000)], 500, Some(1_500)),
    ] {
        for by_deadline in [true, false] {
            let gateway = Gateway::default();
            let coalesce = Coalesce::new().window(ms(500));
            let client = gateway.builder().total_timeout(None).coalesce(coalesce).build().unwrap();
            let start = Paused.now();
            let calls: Vec<_> = limits
                .iter()
                .zip(0..)
                .map(|(limit, tid)| {
                    let call = client.call(MemoGet::new(tid));
                    let call = match limit {
                        Some(limit) if by_deadline => call.with_deadline(ms(*limit)),
                        Some(limit) => call.with_timeout(ms(*limit)),
                        None => call,
                    };
                    tokio::spawn(call.into_future())
                })
                .collect();
            for call in calls {
                call.await.unwrap().unwrap();
            }
            let began: Vec<_> = gateway.began.lock().unwrap().iter().map(|began| *began - start).collect();
            assert_eq!(began, [ms(at)], "{limits:?}");
            assert_eq!(gateway.requests.lock().unwrap()[0].timeout, timeout.map(ms), "{limits:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_time_is_over_is_not_sent() {
    let gateway = Gateway::default();
    let client = slow(&gateway);
    let ms = Duration::from_millis;
    let hasty = tokio::spawn(client.call(MemoAdd::new(1)).with_deadline(ms(100)).into_future());
    let short = tokio::spawn(client.call(MemoAdd::new(2)).with_timeout(ms(100)).with_attempts(1).into_future());
    let patient: Vec<_> = (3..5).map(|tid| tokio::spawn(client.call(MemoAdd::new(tid)).into_future())).collect();
    tokio::task::yield_now().await;
    // Nobody has a turn for so long: the program is busy with something else.
    tokio::time::advance(ms(300)).await;
    for (call, which) in [(hasty, "deadline"), (short, "total")] {
        let error = call.await.unwrap().unwrap_err();
        assert!(matches!(&error, Error::Timeout(e) if e.which() == which), "{error}");
        assert!(!error.may_have_reached_platform() && error.to_string().contains("100ms"), "{error}");
    }
    for call in patient {
        assert!(call.await.unwrap().is_ok());
    }
    assert_eq!(gateway.seen(), [[3, 4]]);
}

#[tokio::test(start_paused = true)]
async fn who_has_waited_long_enough_does_not_wait_for_the_answer_to_all() {
    // The last call fills the request, so that nobody else has a turn before the answer.
    let gateway = Gateway::new(&[Do::Slow(1_000)]);
    let client = coalescing(&gateway);
    let start = Paused.now();
    let hasty = tokio::spawn(client.call(MemoGet::new(0)).with_deadline(Duration::from_millis(300)).into_future());
    let others: Vec<_> = (1..4).map(|tid| later(&client, 0, tid)).collect();
    let error = hasty.await.unwrap().unwrap_err();
    assert_eq!(Paused.now() - start, Duration::from_millis(300));
    assert!(error.may_have_reached_platform() && error.is_timeout(), "{error}");
    for other in others {
        other.await.unwrap().unwrap();
    }
}

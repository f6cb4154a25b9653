//! The map between conversation time and a place in a recording, and what of a recording is handed to the output.
#![allow(clippy::unwrap_used)]

use std::ops::Range;

use earmark_audio::{Layout, OUTPUT_RATE, Order, Part, Place, Sound, Timeline};
use proptest::collection::vec;
use proptest::prelude::*;

/// Rates of real recorders, and every other.
fn rate() -> impl Strategy<Value = u32> {
    prop_oneof![
        prop::sample::select(vec![8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000]),
        8_000_u32..=192_000,
    ]
}

fn sound() -> impl Strategy<Value = Sound> {
    prop_oneof![
        4 => (0_u64..5_000_000, rate()).prop_map(|(frames, rate)| Sound::Known { frames, rate }),
        2 => (0_u32..60_000).prop_map(|ms| Sound::Estimated { ms }),
        1 => Just(Sound::Failed),
        1 => Just(Sound::Mark),
    ]
}

fn layout() -> impl Strategy<Value = Layout> {
    prop_oneof![
        Just(Layout::EndToEnd),
        (0_u32..10_000).prop_map(|longest_gap_ms| Layout::ByRealTime { longest_gap_ms })
    ]
}

/// Lines with every kind of part, in which some messages interrupt the one before and some have no time.
fn timeline() -> impl Strategy<Value = Timeline> {
    let began = prop::option::weighted(0.8, -20_000_i64..90_000);
    (vec((sound(), began), 1..12), layout()).prop_map(|(drawn, layout)| {
        let parts = drawn.into_iter().enumerate();
        let part = |(index, (sound, began_ms))| Part { id: format!("message {index}"), sound, began_ms };
        Timeline::new(parts.map(part).collect(), layout)
    })
}

/// Frames of a part and of the gap after it, as one can see them from outside: every frame past them is the next part's.
fn frames(timeline: &Timeline, part: usize) -> u64 {
    let longest = 5_000_000 + 10 * 192_000;
    let (mut within, mut past) = (0, longest + 1);
    while within < past {
        let middle = (within + past) / 2;
        if timeline.settle(Place { part, frame: middle }) == (Place { part, frame: middle }) {
            within = middle + 1;
        } else {
            past = middle;
        }
    }
    within
}

/// Cuts in order and apart, somewhere in and around `0..frames`.
fn cuts() -> impl Strategy<Value = Vec<Range<u64>>> {
    vec((1_u64..40_000, 1_u64..40_000), 0..6).prop_map(|steps| {
        let mut at = 0;
        let cut = |(kept, cut): (u64, u64)| {
            let start = at + kept;
            at = start + cut;
            start..at
        };
        steps.into_iter().map(cut).collect()
    })
}

fn order() -> impl Strategy<Value = Order> {
    let source = (0_u64..20_000, 1_u64..200_000);
    (source, cuts(), rate(), 50_u16..=300)
        .prop_map(|((start, frames), cuts, rate, percent)| Order::new(start..start + frames, &cuts, rate, percent))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn every_millisecond_comes_back(timeline in timeline(), at in any::<prop::sample::Index>()) {
        let ms = at.index(timeline.total_ms() as usize + 1) as u32;
        prop_assert_eq!(timeline.ms_at(timeline.place_at(ms)), ms);
    }

    #[test]
    fn every_frame_comes_back(timeline in timeline(), part in any::<prop::sample::Index>(), frame in 0_u64..5_500_000) {
        let place = timeline.settle(Place { part: part.index(timeline.parts().len()), frame });
        prop_assert_eq!(timeline.place_of(timeline.time_of(place)), place);
        let next = timeline.settle(Place { frame: place.frame + 1, ..place });
        prop_assert!(next == place || timeline.time_of(next) > timeline.time_of(place), "{next:?} is at the time of {place:?}");
    }

    #[test]
    fn time_never_runs_backwards(timeline in timeline(), ats in vec(any::<prop::sample::Index>(), 2..20)) {
        let total = timeline.time_of(timeline.end()) as usize;
        let mut times: Vec<u64> = ats.iter().map(|at| at.index(total + 1) as u64).collect();
        times.sort_unstable();
        let places: Vec<Place> = times.iter().map(|time| timeline.place_of(*time)).collect();
        prop_assert!(places.is_sorted(), "{places:?}");
    }

    #[test]
    fn parts_follow_each_other_without_holes(timeline in timeline()) {
        let last = timeline.parts().len() - 1;
        prop_assert_eq!(timeline.start_ms(0), 0);
        for part in 0..last {
            let end = timeline.ms_at(Place { part, frame: frames(&timeline, part) });
            prop_assert_eq!(end, timeline.start_ms(part + 1));
            prop_assert!(timeline.start_ms(part) + timeline.duration_ms(part) <= end);
        }
        prop_assert_eq!(timeline.ms_at(timeline.end()), timeline.total_ms());
        prop_assert_eq!(timeline.place_at(u32::MAX), timeline.end());
    }

    #[test]
    fn a_place_is_carried_over_to_the_same_message(timeline in timeline(), layout in layout(), at in any::<prop::sample::Index>()) {
        let place = timeline.place_at(at.index(timeline.total_ms() as usize + 1) as u32);
        let other = Timeline::new(timeline.parts().to_vec(), layout);
        let carried = other.carry(place, &timeline);
        if timeline.ms_in_part(place) < timeline.duration_ms(place.part) {
            prop_assert_eq!(carried, place);
        }
        prop_assert_eq!(timeline.carry(place, &timeline), timeline.settle(place));
    }

    #[test]
    fn what_is_cut_and_nothing_else_is_left_out(start in 0_u64..2_000, frames in 1_u64..200_000, cuts in cuts()) {
        let order = Order::new(start..start + frames, &cuts, 8_000, 100);
        let cut: u64 = cuts.iter().map(|cut| {
            (cut.end.clamp(start, start + frames)) - (cut.start.clamp(start, start + frames))
        }).sum();
        prop_assert_eq!(order.kept(), frames - cut);
        prop_assert_eq!(order.spans().map(|span| span.end - span.start).sum::<u64>(), frames - cut);
        for span in order.spans() {
            prop_assert!(cuts.iter().all(|cut| span.end <= cut.start || cut.end <= span.start));
        }
    }

    #[test]
    fn output_and_source_meet_within_an_output_frame(
        frames in 1_u64..200_000, cuts in cuts(), rate in rate(), percent in 50_u16..=300, at in any::<prop::sample::Index>(),
    ) {
        let order = Order::new(0..frames, &cuts, rate, percent);
        let kept: Vec<u64> = order.spans().flatten().collect();
        prop_assume!(!kept.is_empty());
        let at = at.index(kept.len());
        let found = order.source_at(order.output_at(kept[at]));
        // 20 ms are allowed; this is one frame of the output.
        let allowed = (u64::from(rate) * u64::from(percent)).div_ceil(u64::from(OUTPUT_RATE) * 100) as usize;
        let end = kept.get(at + allowed).copied().unwrap_or(frames);
        prop_assert!((kept[at]..=end).contains(&found), "{} is heard at {found}", kept[at]);
    }

    #[test]
    fn the_playing_order_never_turns_back(order in order(), ats in vec(any::<prop::sample::Index>(), 2..20)) {
        let mut outputs: Vec<u64> = ats.iter().map(|at| at.index(order.frames() as usize + 10) as u64).collect();
        outputs.sort_unstable();
        let sources: Vec<u64> = outputs.iter().map(|output| order.source_at(*output)).collect();
        prop_assert!(sources.is_sorted());
        let back: Vec<u64> = sources.iter().map(|source| order.output_at(*source)).collect();
        prop_assert!(back.is_sorted());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn at_its_own_rate_and_speed_every_frame_is_exact(
        (rate, percent) in prop_oneof![(Just(48_000), 50_u16..=100), (8_000_u32..=48_000, Just(100))],
        cuts in cuts(), at in 0_u64..200_000,
    ) {
        let order = Order::new(0..200_000, &cuts, rate, percent);
        let kept = cuts.iter().all(|cut| !cut.contains(&at));
        prop_assume!(kept);
        prop_assert_eq!(order.source_at(order.output_at(at)), at);
    }
}

#[test]
fn gaps_are_real_up_to_the_longest_that_is_wanted() {
    let part = |id: &str, began_ms, frames| Part {
        began_ms: Some(began_ms),
        ..Part::new(id, Sound::Known { frames, rate: 8_000 })
    };
    let parts = vec![
        part("a", 1_000, 8_000),
        part("after 0.5 s", 2_500, 8_000),
        part("after a minute", 63_500, 8_000),
        part("interrupting", 64_000, 8_000),
        Part::new("whenever", Sound::Estimated { ms: 700 }),
    ];
    let timeline = Timeline::new(parts, Layout::ByRealTime { longest_gap_ms: 2_000 });
    let starts: Vec<u32> = (0..5).map(|part| timeline.start_ms(part)).collect();
    assert_eq!(starts, [0, 1_500, 4_500, 5_500, 6_500]);
    assert_eq!(timeline.total_ms(), 7_200);
    let in_gap = timeline.place_at(1_250);
    assert_eq!((in_gap, timeline.ms_in_part(in_gap)), (Place { part: 0, frame: 10_000 }, 1_000));
}

#[test]
fn what_is_known_later_moves_what_follows() {
    let parts = vec![
        Part::new("a", Sound::Estimated { ms: 4_000 }),
        Part::new("note", Sound::Mark),
        Part::new("b", Sound::Known { frames: 16_000, rate: 16_000 }),
    ];
    let mut timeline = Timeline::new(parts, Layout::EndToEnd);
    let guessed = timeline.clone();
    assert_eq!((timeline.start_ms(2), timeline.total_ms()), (4_000, 5_000));
    assert!(timeline.know("a", 48_000, 24_000));
    assert_eq!((timeline.start_ms(2), timeline.total_ms()), (2_000, 3_000));

    let early = guessed.place_at(1_500);
    assert_eq!(timeline.carry(early, &guessed), Place { part: 0, frame: 36_000 }, "the same moment of the message");
    let late = guessed.place_at(3_000);
    assert_eq!(timeline.carry(late, &guessed), Place { part: 2, frame: 0 }, "the message was shorter than thought");
    assert_eq!(timeline.carry(guessed.place_at(4_500), &guessed), Place { part: 2, frame: 8_000 });

    assert!(timeline.fail("a"));
    assert_eq!((timeline.duration_ms(0), timeline.start_ms(2)), (0, 0));
    assert!(!timeline.know("note", 1, 8_000), "a text has no recording");
    assert!(!timeline.fail("nobody"));
}

#[test]
fn a_mark_is_where_the_next_sound_begins() {
    let parts = vec![Part::new("a", Sound::Known { frames: 8_000, rate: 8_000 }), Part::new("last word", Sound::Mark)];
    let timeline = Timeline::new(parts, Layout::EndToEnd);
    assert_eq!(timeline.place_in(1, 0), timeline.end());
    assert_eq!(timeline.place_in(0, 400), Place { part: 0, frame: 3_200 });
    assert_eq!(timeline.place_in(9, 0), timeline.end());
}

#[test]
fn an_empty_line_has_one_place() {
    let timeline = Timeline::new(vec![], Layout::EndToEnd);
    assert_eq!((timeline.total_ms(), timeline.place_at(5), timeline.end()), (0, Place::default(), Place::default()));
    assert_eq!((timeline.ms_at(timeline.end()), timeline.start_ms(0), timeline.duration_ms(0)), (0, 0, 0));
}

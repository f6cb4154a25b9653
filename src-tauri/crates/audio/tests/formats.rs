//! Every format comes out whole: the counted number of frames, and the sound that went in.
#![allow(clippy::unwrap_used)]

mod sounds;

use earmark_audio::{DecodeError, Flaw};
use sounds::{Heard, counting, fixture, hear, likeness, sweep, wav};

/// Asserts the shape and that the sound, from frame `delay` on, is the fixtures' rising tone.
fn assert_sweep(heard: &Heard, rate: u32, frames: u64, delay: usize) {
    assert_eq!((heard.rate(), heard.channels(), heard.frames()), (rate, 1, frames));
    assert_eq!(heard.flaw(), None);
    let alike = likeness(&heard.samples[delay..delay + rate as usize], &sweep(rate));
    assert!(alike > 0.98, "only {alike:.3} like the original");
}

#[test]
fn wav_is_bit_exact() {
    let samples = counting(2 * 4_000);
    let heard = hear(&wav(&samples, 2, 16_000)).unwrap();
    assert_eq!((heard.channels(), heard.rate(), heard.frames(), heard.duration_ms()), (2, 16_000, 4_000, 250));
    assert_eq!(heard.samples, samples);
    assert_eq!(heard.flaw(), None);
}

#[test]
fn wav_takes_the_whole_range() {
    let samples = [i16::MIN, -1, 0, 1, i16::MAX];
    assert_eq!(hear(&wav(&samples, 1, 8_000)).unwrap().samples, samples);
}

#[test]
fn a_streamed_wav_of_unknown_length_is_whole() {
    assert_sweep(&hear(&fixture("streamed.wav")).unwrap(), 8_000, 8_000, 0);
}

#[test]
fn telephone_mu_law_follows_g_711() {
    let bytes = fixture("mulaw.wav");
    let heard = hear(&bytes).unwrap();
    assert_sweep(&heard, 8_000, 8_000, 0);
    let expected: Vec<i16> = bytes[bytes.len() - 8_000..].iter().map(|byte| mu_law(*byte)).collect();
    assert_eq!(heard.samples, expected);
}

/// ITU-T G.711, table 2b: sign, three bits of exponent, four of mantissa, all inverted.
fn mu_law(byte: u8) -> i16 {
    let code = !byte;
    let magnitude = (((i16::from(code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
    if code & 0x80 == 0 { magnitude } else { -magnitude }
}

#[test]
fn flac_keeps_both_channels_apart() {
    let heard = hear(&fixture("stereo.flac")).unwrap();
    assert_eq!((heard.rate(), heard.channels(), heard.frames()), (22_050, 2, 22_050));
    let left: Vec<i16> = heard.samples.iter().copied().step_by(2).collect();
    let right: Vec<i16> = heard.samples.iter().copied().skip(1).step_by(2).collect();
    assert!(likeness(&left, &sweep(22_050)) > 0.9999);
    assert!(likeness(&right, &sweep(22_050)) < -0.9999, "the right channel is the left's mirror image");
}

#[test]
fn mp3_loses_what_its_encoder_added() {
    assert_sweep(&hear(&fixture("constant-rate.mp3")).unwrap(), 22_050, 22_050, 0);
}

#[test]
fn mp3_of_variable_rate_without_a_header_is_counted() {
    // 41 frames of 576 samples; nothing in the file says so, nor how much the encoder (1,105 samples) put in front.
    assert_sweep(&hear(&fixture("variable-rate-no-header.mp3")).unwrap(), 22_050, 41 * 576, 1_105);
}

#[test]
fn joined_mp3_files_play_to_the_end_of_the_last() {
    let one = fixture("constant-rate.mp3");
    let heard = hear(&[one.clone(), one].concat()).unwrap();
    assert!(heard.frames() >= 2 * 22_050, "{} frames: the first file's header was believed", heard.frames());
    let last_quarter = &heard.samples[heard.samples.len() * 3 / 4..];
    assert!(last_quarter.iter().any(|sample| sample.abs() > 10_000), "the second file is silent");
}

#[test]
fn ogg_vorbis_ends_where_its_last_page_says() {
    assert_sweep(&hear(&fixture("vorbis.ogg")).unwrap(), 22_050, 22_050, 0);
}

#[test]
fn m4a_is_counted_with_its_encoder_s_delay() {
    assert_sweep(&hear(&fixture("aac.m4a")).unwrap(), 22_050, 23 * 1_024, 1_024);
}

#[test]
fn formats_that_cannot_be_played_say_so() {
    for name in ["opus.ogg", "adpcm.wav", "make.sh"] {
        assert_eq!(hear(&fixture(name)).unwrap_err(), DecodeError::Unsupported, "{name}");
    }
    assert_eq!(hear(b"{\"detail\":\"expired\"}").unwrap_err(), DecodeError::Unsupported);
}

#[test]
fn nothing_is_empty() {
    assert_eq!(hear(&[]).unwrap_err(), DecodeError::Empty);
    assert_eq!(hear(&wav(&[], 1, 8_000)).unwrap_err(), DecodeError::Empty);
}

#[test]
fn a_file_that_is_cut_short_plays_what_is_left_and_says_so() {
    let sound = wav(&counting(8_000), 1, 8_000);
    let heard = hear(&sound[..44 + 8_000]).unwrap();
    assert_eq!((heard.frames(), heard.flaw()), (4_000, Some(Flaw::Truncated)));
    assert_eq!(heard.samples, &counting(8_000)[..4_000]);

    for name in ["constant-rate.mp3", "vorbis.ogg", "stereo.flac", "aac.m4a"] {
        let bytes = fixture(name);
        let heard = hear(&bytes[..bytes.len() * 85 / 100]).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(heard.flaw(), Some(Flaw::Truncated), "{name}");
        assert!((100..950).contains(&heard.duration_ms()), "{name} plays {} ms", heard.duration_ms());
    }
}

#[test]
fn a_header_without_sound_is_damage() {
    for name in ["vorbis.ogg", "stereo.flac", "aac.m4a"] {
        assert_eq!(hear(&fixture(name)[..60]).unwrap_err(), DecodeError::Damaged, "{name}");
    }
}

#[test]
fn damage_in_the_middle_is_left_out_and_said() {
    let mut bytes = fixture("stereo.flac");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0x55);
    let heard = hear(&bytes).unwrap();
    assert!(heard.flaw().is_some());
    assert!((500..1_000).contains(&heard.duration_ms()), "{} ms are left", heard.duration_ms());
}

#[test]
fn hours_of_silence_in_a_small_file_are_refused() {
    let too_long = wav(&vec![0; 4 * 3_600 * 1_000 + 1_000], 1, 1_000);
    assert_eq!(hear(&too_long).unwrap_err(), DecodeError::TooLong);
}

#[test]
fn debug_output_holds_no_sound() {
    let heard = hear(&wav(&[12_345; 9], 1, 8_000)).unwrap();
    assert_eq!(format!("{:?}", *heard), "Recording { frames: 9, channels: 1, rate: 8000, flaw: None }");
}

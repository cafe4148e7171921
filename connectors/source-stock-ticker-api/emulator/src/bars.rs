//! Generated prices, the same in every run, and the JSON of a bar.

use jiff::civil::{Date, date};

use crate::calendar::{epoch_day, is_trading_day, new_york_midnight};
use crate::settings::VolumeForm;

/// The first year with prices: early enough for a stock to have more bars than a read has between two states.
const FIRST_YEAR: i16 = 1980;

/// A known ticker.
pub(crate) struct Company {
    ticker: &'static str,
    /// The mean price in cents, for today's shares.
    level: f64,
    /// The first day after a stock split, and the number of new shares per old share.
    split: Option<(Date, u64)>,
    /// Whether it is traded over the counter.
    otc: bool,
    /// The last trading day, if it is no longer traded.
    delisted: Option<Date>,
}

const COMPANIES: [Company; 10] = [
    Company { split: Some((date(2020, 8, 31), 4)), ..listed("AAPL", 17_000.0) },
    Company { split: Some((date(2022, 8, 31), 3)), ..listed("TSLA", 57_500.0) },
    listed("AMZN", 16_000.0),
    listed("MSFT", 31_000.0),
    listed("GOOG", 14_500.0),
    listed("BRK.A", 45_000_000.0),
    listed("BRK.B", 30_000.0),
    listed("KIMpL", 2_500.0),
    Company { otc: true, ..listed("NSRGY", 11_000.0) },
    Company { delisted: Some(date(2022, 10, 27)), ..listed("TWTR", 4_500.0) },
];

const fn listed(ticker: &'static str, level: f64) -> Company {
    Company { ticker, level, split: None, otc: false, delisted: None }
}

pub(crate) fn company(ticker: &str) -> Option<&'static Company> {
    COMPANIES.iter().find(|company| company.ticker == ticker)
}

/// Returns the closing price of a day, or `None` if there is no bar: the market was closed, the ticker is unknown or no
/// longer traded, or the day is before 1980.
///
/// Ignores the clock and the plan: a day in the future has a price too.
pub fn closing_price(ticker: &str, date: Date, adjusted: bool) -> Option<f64> {
    let day = Day::new(company(ticker)?, date, adjusted, VolumeForm::Integer)?;
    Some((day.close * day.price_factor) as f64 / 100.0)
}

/// The bars of one company on one day.
pub(crate) struct Day {
    seed: u64,
    number: i64,
    midnight: i64,
    /// The closing price in cents, for today's shares.
    close: u64,
    /// Converts prices from today's shares to the requested shares.
    price_factor: u64,
    /// Converts volumes from the shares of that day to the requested shares.
    volume_factor: u64,
    form: VolumeForm,
    otc: bool,
}

impl Day {
    /// Returns the bars of a day; `None` on a day without trade.
    pub(crate) fn new(company: &Company, date: Date, adjusted: bool, form: VolumeForm) -> Option<Self> {
        let is_delisted = company.delisted.is_some_and(|last| date > last);
        if date.year() < FIRST_YEAR || is_delisted || !is_trading_day(date) {
            return None;
        }
        let number = epoch_day(date);
        let seed = company.ticker.bytes().fold(0, |seed, byte| mixed(seed ^ u64::from(byte)));
        let ratio = company.split.map_or(1, |(since, ratio)| if date < since { ratio } else { 1 });
        let (price_factor, volume_factor) = if adjusted { (1, ratio) } else { (ratio, 1) };
        let form = match (form, number.rem_euclid(4)) {
            (VolumeForm::Mixed, 0) => VolumeForm::Integer,
            (VolumeForm::Mixed, 1) => VolumeForm::Float,
            (VolumeForm::Mixed, 2) => VolumeForm::Exponent,
            (VolumeForm::Mixed, _) => VolumeForm::Fraction,
            (form, _) => form,
        };
        let close =
            tutorial_close(company.ticker, date).unwrap_or_else(|| close(company.level, seed, number));
        let (midnight, otc) = (new_york_midnight(date), company.otc);
        Some(Self { seed, number, midnight, close, price_factor, volume_factor, form, otc })
    }

    /// Writes one bar of the day as JSON. `index` is the number of the bar in its day, from 0.
    pub(crate) fn write(&self, out: &mut Vec<u8>, index: u32) {
        let noise = mixed(self.seed ^ ((self.number as u64) << 32) ^ u64::from(index));
        let part = |shift: u32, below: u64| ((noise >> shift) & 0xf_ffff) % below;
        let close = self.close + if index == 0 { 0 } else { part(4, 50) };
        let spread = close / 128 + 1;
        let open = close - spread + part(0, 2 * spread + 1);
        let high = close.max(open) + part(20, spread);
        let low = close.min(open) - part(40, spread);
        let traded = 200_000 + (noise >> 20) % 80_000_000;
        let rare = self.number + i64::from(index);

        out.extend_from_slice(b"{\"v\":");
        volume(out, traded * self.volume_factor, self.form);
        if rare.rem_euclid(31) != 5 {
            out.extend_from_slice(b",\"vw\":");
            decimal(out, (open + high + low + close) * 25 * self.price_factor, 4);
        }
        for (key, cents) in [(b'o', open), (b'c', close), (b'h', high), (b'l', low)] {
            out.extend_from_slice(&[b',', b'"', key, b'"', b':']);
            decimal(out, cents * self.price_factor, 2);
        }
        out.extend_from_slice(b",\"t\":");
        // Bars begin in 1980, so this is never negative.
        integer(out, (self.midnight + i64::from(index)).unsigned_abs());
        if rare.rem_euclid(29) != 7 {
            out.extend_from_slice(b",\"n\":");
            integer(out, traded / 97 + 1);
        }
        if self.otc {
            out.extend_from_slice(b",\"otc\":true");
        }
        out.push(b'}');
    }
}

/// Returns the closing prices of a well-known tutorial, to reproduce its tables.
fn tutorial_close(ticker: &str, day: Date) -> Option<u64> {
    if ticker != "TSLA" || day.year() != 2020 || day.month() != 12 {
        return None;
    }
    match day.day() {
        15 => Some(63_325),
        16 => Some(62_277),
        17 => Some(65_590),
        18 => Some(69_500),
        21 => Some(64_986),
        _ => None,
    }
}

/// Returns a price in cents that moves around its level: a sum of waves with lengths from three years to a day. Uses only sums
/// and products, whose results are the same on every machine.
fn close(level: f64, seed: u64, day: i64) -> u64 {
    const WAVES: [(i64, f64); 6] = [(1024, 0.30), (256, 0.12), (64, 0.06), (16, 0.03), (4, 0.02), (1, 0.01)];
    let swing: f64 = WAVES.iter().map(|&(length, height)| height * wave(seed, day, length)).sum();
    (level * (1.0 + swing)) as u64
}

/// Returns a smooth curve through random heights between -1 and 1, one every `length` days.
fn wave(seed: u64, day: i64, length: i64) -> f64 {
    let knot = day.div_euclid(length);
    let height = |knot: i64| {
        let random = mixed(seed ^ ((length as u64) << 40) ^ knot as u64);
        (random >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    let phase = day.rem_euclid(length) as f64 / length as f64;
    let (from, to) = (height(knot), height(knot + 1));
    from + (to - from) * phase * phase * (3.0 - 2.0 * phase)
}

/// Returns a pseudo-random number, the same for the same input.
fn mixed(input: u64) -> u64 {
    let mut bits = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

pub(crate) fn integer(out: &mut Vec<u8>, value: u64) {
    decimal(out, value, 0);
}

/// Writes a number given in units of its last decimal place, without trailing zeros: 69500 with two places is `695`.
fn decimal(out: &mut Vec<u8>, mut value: u64, mut places: u32) {
    while places > 0 && value.is_multiple_of(10) {
        value /= 10;
        places -= 1;
    }
    let mut digits = [0; 24];
    let mut at = digits.len();
    let mut written = 0;
    while value > 0 || written <= places {
        if written == places && places > 0 {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        written += 1;
    }
    out.extend_from_slice(&digits[at..]);
}

fn volume(out: &mut Vec<u8>, shares: u64, form: VolumeForm) {
    match form {
        VolumeForm::Integer | VolumeForm::Mixed => integer(out, shares),
        VolumeForm::Float => {
            integer(out, shares);
            out.extend_from_slice(b".0");
        }
        VolumeForm::Exponent => {
            let exponent = shares.checked_ilog10().unwrap_or(0);
            decimal(out, shares, exponent);
            out.extend_from_slice(b"e+");
            out.push(b'0' + (exponent / 10) as u8);
            out.push(b'0' + (exponent % 10) as u8);
        }
        VolumeForm::Fraction => decimal(out, shares * 10 + 1 + shares % 9, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(ticker: &str, day: Date, adjusted: bool, form: VolumeForm) -> serde_json::Value {
        let mut out = Vec::new();
        Day::new(company(ticker).unwrap(), day, adjusted, form).unwrap().write(&mut out, 0);
        serde_json::from_slice(&out).unwrap()
    }

    fn number(value: &serde_json::Value) -> f64 {
        value.as_f64().unwrap()
    }

    #[test]
    fn prices_of_the_tutorial() {
        for (day, price) in [(15, 633.25), (16, 622.77), (17, 655.9), (18, 695.0), (21, 649.86)] {
            assert_eq!(closing_price("TSLA", date(2020, 12, day), true), Some(price));
        }
        let mut out = Vec::new();
        Day::new(company("TSLA").unwrap(), date(2020, 12, 18), true, VolumeForm::Integer)
            .unwrap()
            .write(&mut out, 0);
        assert!(String::from_utf8(out).unwrap().contains(",\"c\":695,"));
    }

    #[test]
    fn no_price_without_trade() {
        assert_eq!(closing_price("aapl", date(2026, 3, 6), true), None);
        assert_eq!(closing_price("AAPL", date(2026, 3, 7), true), None);
        assert_eq!(closing_price("AAPL", date(2026, 4, 3), true), None);
        assert_eq!(closing_price("AAPL", date(1979, 12, 31), true), None);
        assert!(closing_price("AAPL", date(1980, 1, 2), true).is_some());
        assert!(closing_price("TWTR", date(2022, 10, 27), true).is_some());
        assert_eq!(closing_price("TWTR", date(2022, 10, 28), true), None);
        assert!(closing_price("AAPL", date(9999, 12, 30), true).is_some());
    }

    #[test]
    fn bars_are_plausible() {
        for Company { ticker, otc, .. } in COMPANIES.iter().filter(|company| company.delisted.is_none()) {
            let (mut day, mut before) = (date(2014, 1, 1), None);
            let (mut without_n, mut without_vw) = (0, 0);
            while day < date(2030, 1, 1) {
                if is_trading_day(day) {
                    let bar = bar(ticker, day, true, VolumeForm::Integer);
                    let [open, high, low, close] = ["o", "h", "l", "c"].map(|key| number(&bar[key]));
                    assert!(0.0 < low && low <= open.min(close) && open.max(close) <= high, "{ticker} {bar}");
                    assert_eq!(Some(close), closing_price(ticker, day, true));
                    let in_tutorial = *ticker == "TSLA" && day.year() == 2020 && day.month() == 12;
                    if let Some(before) = before.replace(close).filter(|_| !in_tutorial) {
                        assert!((close / before - 1.0_f64).abs() < 0.25, "{ticker} {day}: {before}, {close}");
                    }
                    let weighted = bar.get("vw").map(number);
                    assert!(weighted.is_none_or(|weighted| low <= weighted && weighted <= high));
                    without_n += u32::from(bar.get("n").is_none());
                    without_vw += u32::from(bar.get("vw").is_none());
                    assert_eq!(bar.get("otc").is_some(), *otc);
                }
                day = day.tomorrow().unwrap();
            }
            assert!(without_n > 50 && without_vw > 50, "{ticker}: {without_n}, {without_vw}");
        }
    }

    #[test]
    fn split_changes_only_earlier_bars() {
        for (ticker, first, ratio) in [("AAPL", date(2020, 8, 31), 4.0), ("TSLA", date(2022, 8, 31), 3.0)] {
            let prior = first.checked_sub(jiff::Span::new().days(5)).unwrap();
            let [raw, adjusted] = [false, true].map(|is| bar(ticker, prior, is, VolumeForm::Integer));
            for key in ["o", "h", "l", "c", "vw"] {
                assert!((number(&raw[key]) / number(&adjusted[key]) - ratio).abs() < 1e-9, "{key}");
            }
            assert_eq!(number(&adjusted["v"]), number(&raw["v"]) * ratio);
            assert_eq!(adjusted["n"], raw["n"]);
            let [raw, adjusted] = [false, true].map(|is| bar(ticker, first, is, VolumeForm::Integer));
            assert_eq!(raw, adjusted);
        }
    }

    #[test]
    fn volumes_in_all_formats() {
        let written = |shares, form| {
            let mut out = Vec::new();
            volume(&mut out, shares, form);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(52_488_692, VolumeForm::Integer), "52488692");
        assert_eq!(written(642_646_396, VolumeForm::Float), "642646396.0");
        assert_eq!(written(181_724_024, VolumeForm::Exponent), "1.81724024e+08");
        assert_eq!(written(1_029_145, VolumeForm::Exponent), "1.029145e+06");
        assert_eq!(written(2_000_000, VolumeForm::Exponent), "2e+06");
        assert_eq!(written(25_933, VolumeForm::Fraction), "25933.5");
        let days =
            [2, 3, 4, 5].map(|day| bar("AAPL", date(2026, 3, day), true, VolumeForm::Mixed)["v"].to_string());
        assert_eq!(days.iter().filter(|volume| volume.contains('.')).count(), 3, "{days:?}");
    }

    #[test]
    fn decimals_have_no_trailing_zeros() {
        let written = |value, places| {
            let mut out = Vec::new();
            decimal(&mut out, value, places);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(0, 0), "0");
        assert_eq!(written(0, 2), "0");
        assert_eq!(written(5, 2), "0.05");
        assert_eq!(written(65_590, 2), "655.9");
        assert_eq!(written(69_500, 2), "695");
        assert_eq!(written(1_234_567, 4), "123.4567");
        assert_eq!(written(u64::MAX, 1), "1844674407370955161.5");
    }
}

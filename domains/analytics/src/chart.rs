//! Geometry of what is drawn, in the units of the design: all of it becomes attributes of SVG.

use std::fmt::Write as _;

/// The drawing's left and right edge, its top and its ground.
const LEFT: f64 = 36.0;
const RIGHT: f64 = 560.0;
const TOP: f64 = 30.0;
const GROUND: f64 = 190.0;
/// Labels at the ends of lines keep this far apart.
const APART: f64 = 17.0;

/// Two lines over time.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Lines {
    pub created: String,
    pub solved: String,
    /// Horizontal lines: height, height of the number, number.
    pub ticks: Vec<(String, String, u64)>,
    /// Below the ground: place, words.
    pub dates: Vec<(String, String)>,
    /// Where the words at the ends stand.
    pub created_end: String,
    pub solved_end: String,
    /// The most that came in at once: place, height, height of the words, side, words.
    pub peak: Option<Peak>,
}

/// The point that matters.
#[derive(Debug, PartialEq)]
pub(crate) struct Peak {
    pub x: String,
    pub y: String,
    pub label_x: String,
    pub label_y: String,
    pub anchor: &'static str,
    pub words: String,
}

/// Draws created and solved; `name` tells what a point is called.
pub(crate) fn lines(points: &[(u64, u64)], name: impl Fn(usize) -> String) -> Lines {
    let most = points.iter().map(|(created, solved)| *created.max(solved)).max().unwrap_or(0);
    let (step, count) = ticks(most);
    let top = real(step * count);
    let x =
        |place: usize| if points.len() < 2 { f64::midpoint(LEFT, RIGHT) } else { LEFT + (RIGHT - LEFT) * real(place as u64) / real(points.len() as u64 - 1) };
    let y = |value: u64| GROUND - (GROUND - TOP) * real(value) / top;
    let line = |of: fn(&(u64, u64)) -> u64| path(points.iter().enumerate().map(|(place, point)| (x(place), y(of(point)))));
    let last = points.last().copied().unwrap_or_default();
    let (created_end, solved_end) = apart(y(last.0), y(last.1));
    let peak = points.iter().enumerate().max_by_key(|(place, (created, _))| (*created, usize::MAX - place)).filter(|(_, (created, _))| *created > 0);
    let mut dates: Vec<usize> = [0, 1, 2, 3].map(|part| points.len().saturating_sub(1) * part / 3).to_vec();
    dates.dedup();
    Lines {
        created: line(|point| point.0),
        solved: line(|point| point.1),
        ticks: (0..=count).map(|tick| (digits(y(tick * step)), digits(y(tick * step) + 4.0), tick * step)).collect(),
        dates: dates.into_iter().map(|place| (digits(x(place)), name(place))).collect(),
        created_end: digits(created_end),
        solved_end: digits(solved_end),
        peak: peak.map(|(place, (created, _))| {
            let is_right = x(place) > f64::midpoint(LEFT, RIGHT);
            Peak {
                x: digits(x(place)),
                y: digits(y(*created)),
                label_x: digits(if is_right { x(place) - 8.0 } else { x(place) + 8.0 }),
                label_y: digits(y(*created) - 9.0),
                anchor: if is_right { "end" } else { "start" },
                words: format!("{}, {}", crate::words::count(*created), name(place)),
            }
        }),
    }
}

/// A small line without axes, over the points that have a value; nothing when there are fewer than two.
pub(crate) fn spark(values: &[Option<f64>]) -> Option<String> {
    let known: Vec<(usize, f64)> = values.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?))).collect();
    if known.len() < 2 {
        return None;
    }
    let (least, most) = known.iter().fold((f64::MAX, f64::MIN), |(least, most), (_, value)| (least.min(*value), most.max(*value)));
    let height = if most > least { most - least } else { 1.0 };
    let width = real(values.len() as u64 - 1);
    Some(path(known.into_iter().map(|(place, value)| (120.0 * real(place as u64) / width, 26.0 - 26.0 * (value - least) / height))))
}

/// Steps of 1, 2 or 5 times a power of ten, at most four of them.
fn ticks(most: u64) -> (u64, u64) {
    let mut scale = 1;
    loop {
        for step in [scale, scale * 2, scale * 5] {
            if step * 4 >= most {
                return (step, most.div_ceil(step).max(1));
            }
        }
        scale *= 10;
    }
}

/// Two heights of words, moved away from each other when they would overlap.
fn apart(one: f64, other: f64) -> (f64, f64) {
    let middle = f64::midpoint(one, other);
    let (one, other) = if (one - other).abs() >= APART {
        (one, other)
    } else if one < other {
        (middle - APART / 2.0, middle + APART / 2.0)
    } else {
        (middle + APART / 2.0, middle - APART / 2.0)
    };
    (one + 4.0, other + 4.0)
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        // writing to a String can't fail
        let _ = write!(path, "{x:.1},{y:.1} ");
    }
    path.truncate(path.trim_end().len());
    path
}

fn digits(place: f64) -> String {
    format!("{place:.1}")
}

#[expect(clippy::cast_precision_loss, reason = "a drawing has no more digits than a screen has points")]
fn real(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        for (most, expected) in [(0, (1, 1)), (1, (1, 1)), (4, (1, 4)), (5, (2, 3)), (9, (5, 2)), (21, (10, 3)), (312, (100, 4)), (100_000, (50_000, 2))] {
            assert_eq!(ticks(most), expected, "{most}");
            let (step, count) = ticks(most);
            assert!(step * count >= most && count <= 4);
        }
    }

    #[test]
    fn lines_stay_within_their_drawing() {
        let points: Vec<(u64, u64)> = (0..53).map(|week| (week * 7 % 31, week * 5 % 29)).collect();

        let drawn = lines(&points, |place| format!("week {place}"));

        for pair in drawn.created.split(' ').chain(drawn.solved.split(' ')) {
            let (x, y) = pair.split_once(',').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((LEFT..=RIGHT).contains(&x) && (TOP - 0.1..=GROUND + 0.1).contains(&y), "{pair}");
        }
        assert_eq!(drawn.created.split(' ').count(), 53);
        assert_eq!(drawn.dates.len(), 4);
        assert_eq!(drawn.peak.unwrap().words, "30, week 22");
    }

    #[test]
    fn a_drawing_of_one_point_or_none_is_possible() {
        assert_eq!(lines(&[(3, 1)], |_| "today".into()).created, "298.0,30.0");
        assert_eq!(lines(&[], |_| String::new()).created, "");
        assert_eq!(lines(&[(0, 0); 3], |_| String::new()).peak, None);
        assert_eq!(spark(&[None, Some(1.0), None]), None);
        assert_eq!(spark(&[Some(1.0), None, Some(3.0)]).unwrap(), "0.0,26.0 120.0,0.0");
        assert_eq!(spark(&[Some(2.0), Some(2.0)]).unwrap(), "0.0,26.0 120.0,26.0");
    }

    #[test]
    fn words_at_the_ends_keep_apart() {
        assert_eq!(apart(50.0, 100.0), (54.0, 104.0));
        assert_eq!(apart(100.0, 100.0), (112.5, 95.5));
        assert_eq!(apart(98.0, 102.0), (95.5, 112.5));
    }
}

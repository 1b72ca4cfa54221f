//! The day as a picture: three curves under each other, over the same hours.

use std::fmt::Write;

use super::day::Moment;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 70.0;
const GAP: f64 = 50.0;
/// A point for each so many steps: as many as can be seen.
const EVERY: usize = 6;

/// A curve: its name, its colour, and what it shows.
struct Curve {
    name: &'static str,
    color: &'static str,
    of: fn(&Moment) -> f64,
}

const CURVES: [Curve; 3] = [
    Curve { name: "servers", color: "#2563eb", of: |moment| moment.servers as f64 },
    Curve { name: "tasks that wait", color: "#d97706", of: |moment| moment.queued },
    Curve { name: "milliseconds a call takes", color: "#059669", of: |moment| moment.ms },
];

/// An SVG document.
pub(super) fn draw(moments: &[Moment]) -> String {
    let (width, height) = (LEFT + WIDTH + 20.0, 3.0 * (HEIGHT + GAP) + 10.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    for (nth, curve) in (0_u8..).zip(&CURVES) {
        let top = 30.0 + f64::from(nth) * (HEIGHT + GAP);
        // Into memory nothing fails.
        let _ = panel(&mut svg, curve, top, moments);
    }
    svg.push_str("</svg>\n");
    svg
}

fn panel(svg: &mut String, curve: &Curve, top: f64, moments: &[Moment]) -> std::fmt::Result {
    let most = moments.iter().map(curve.of).fold(1.0, f64::max);
    let bottom = top + HEIGHT;
    let Curve { name, color, of } = curve;
    writeln!(svg, "<text x=\"{LEFT}\" y=\"{:.0}\" font-weight=\"bold\">{name}</text>", top - 8.0)?;
    for part in [0.0, 0.5, 1.0] {
        let y = bottom - part * HEIGHT;
        let right = LEFT + WIDTH;
        writeln!(
            svg,
            "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"#e5e7eb\"/>"
        )?;
        let (x, value) = (LEFT - 8.0, part * most);
        writeln!(
            svg,
            "<text x=\"{x}\" y=\"{:.1}\" text-anchor=\"end\">{value:.0}</text>",
            y + 4.0
        )?;
    }
    for hour in (0..=24_u8).step_by(3) {
        let x = LEFT + WIDTH * f64::from(hour) / 24.0;
        let y = bottom + 16.0;
        writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{hour:02}:00</text>"
        )?;
    }
    write!(svg, "<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\" points=\"")?;
    for some in moments.chunks(EVERY) {
        // The highest of each few: a peak is not to fall between two points.
        let Some(highest) = some.iter().max_by(|a, b| of(a).total_cmp(&of(b))) else { continue };
        let x = LEFT + WIDTH * f64::from(highest.second) / 86_400.0;
        let y = bottom - of(highest) / most * HEIGHT;
        write!(svg, "{x:.1},{y:.1} ")?;
    }
    writeln!(svg, "\"/>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_curve_is_drawn_within_its_frame() {
        let moment = |second: u32| Moment {
            second,
            arriving: 1.0,
            servers: second / 8_640 + 1,
            wanted: 1,
            queued: f64::from(second),
            ms: 5.0,
        };
        let svg = draw(&(0..86_400).step_by(10).map(moment).collect::<Vec<_>>());
        assert_eq!(svg.matches("<polyline").count(), 3);
        assert!(
            svg.contains(">servers<") && svg.contains(">10</text>") && svg.ends_with("</svg>\n")
        );
        let points = svg
            .split("points=\"")
            .skip(1)
            .flat_map(|rest| rest.split('"').next().unwrap_or_default().split_whitespace());
        let mut seen = 0;
        for point in points {
            let (x, y) = point.split_once(',').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((LEFT..=LEFT + WIDTH).contains(&x) && (0.0..=650.0).contains(&y), "{point}");
            seen += 1;
        }
        assert_eq!(seen, 3 * 8_640 / EVERY);
    }
}

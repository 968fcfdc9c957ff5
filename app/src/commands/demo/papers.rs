//! What people attach: a chart, a trace, a log, a table. All made here, a few kilobytes each.

use super::{chance::Chance, png, stories::Paper, words::Facts};
use std::fmt::Write as _;

/// Name and bytes of an attachment that fits the ticket's facts.
pub(super) fn make(chance: &mut Chance, facts: &Facts, paper: Paper) -> (String, Vec<u8>) {
    let fact = |name: &str| facts.get(name).unwrap_or_default().to_owned();
    match paper {
        Paper::Shot => (format!("{}-{}.png", chance.pick(&["screenshot", "dashboard", "latency", "chart"]), fact("time").replace(':', "")), chart(chance)),
        Paper::Trace => (format!("trace-{}.json", fact("req")), trace(chance, facts).into_bytes()),
        Paper::Log => (format!("{}.log", chance.pick(&["app", "worker", "gateway", "promptcraft"])), log(chance, facts).into_bytes()),
        Paper::Table => (format!("{}-{}.csv", fact("dataset"), fact("run").trim_start_matches("run_")), table(chance, facts).into_bytes()),
    }
}

fn trace(chance: &mut Chance, facts: &Facts) -> String {
    let steps: Vec<serde_json::Value> = ["guardrail.input", "model.request", "model.first_token", "model.done", "guardrail.output"]
        .iter()
        .map(|step| serde_json::json!({ "step": step, "ms": chance.between(8, 2_400), "worker": format!("w-{}", chance.code(3)) }))
        .collect();
    let trace = serde_json::json!({
        "request_id": facts.get("req"), "prompt": facts.get("prompt"), "version": facts.get("version"), "model": facts.get("model"),
        "usage": { "input_tokens": chance.between(300, 4_000), "output_tokens": chance.between(20, 900) }, "steps": steps,
        "finish_reason": chance.pick(&["stop", "length", "error", "client_closed"])
    });
    format!("{trace:#}\n")
}

fn log(chance: &mut Chance, facts: &Facts) -> String {
    let (time, prompt) = (facts.get("time").unwrap_or("12:00"), facts.get("prompt").unwrap_or("prompt"));
    let mut text = String::new();
    for _ in 0..chance.between(18, 60) {
        let (second, millisecond, id) = (chance.between(10, 59), chance.between(100, 999), chance.code(12));
        let what = match chance.below(6) {
            0 => format!("WARN  promptcraft.client 429 Too Many Requests, waiting {} s", chance.between(1, 9)),
            1 => format!("ERROR promptcraft.client request failed after {} ms", chance.between(300, 60_000)),
            _ => format!("INFO  promptcraft.client run {prompt} 200 in {} ms", chance.between(280, 4_200)),
        };
        // writing to a String can't fail
        let _ = writeln!(text, "{time}:{second}.{millisecond} {what} request_id=req_{id}");
    }
    text
}

fn table(chance: &mut Chance, facts: &Facts) -> String {
    const QUESTIONS: &[&str] = &[
        "Where is my parcel?",
        "Can I return an opened item?",
        "How do I change the address?",
        "Why was I charged twice?",
        "Do you ship to Norway?",
        "Is the warranty transferable?",
    ];
    let mut text = String::from("row,question,version,score,tokens,passed\n");
    for row in 1..=chance.between(20, 80) {
        let score = chance.between(35, 100);
        let (question, tokens) = (chance.pick(QUESTIONS), chance.between(40, 620));
        let _ = writeln!(text, "{row},\"{question}\",{},{}.{:02},{tokens},{}", facts.get("version").unwrap_or("1"), score / 100, score % 100, score >= 70);
    }
    text
}

/// A line over bars on white, as dashboards draw them.
fn chart(chance: &mut Chance) -> Vec<u8> {
    const WIDTH: usize = 480;
    const HEIGHT: usize = 270;
    const BAR: usize = 18;
    let mut pixels = vec![[252_u8, 252, 253]; WIDTH * HEIGHT];
    let mut paint = |x: std::ops::Range<usize>, y: std::ops::Range<usize>, colour: [u8; 3]| {
        for row in y {
            for column in x.clone() {
                pixels[row * WIDTH + column] = colour;
            }
        }
    };
    paint(0..WIDTH, 0..28, [36, 41, 61]);
    paint(14..14 + chance.below(120) + 60, 11..17, [214, 219, 235]);
    for line in 0..5 {
        paint(30..WIDTH - 20, 50 + line * 46..51 + line * 46, [226, 229, 236]);
    }
    let (colour, after) = (chance.pick(&[[91, 108, 255], [32, 158, 132], [142, 96, 214]]), chance.below(12) + 6);
    for bar in 0..22 {
        let height = chance.below(40) + if bar >= after { 110 } else { 40 };
        let left = 34 + bar * (BAR + 1);
        paint(left..left + BAR - 5, 234 - height..234, if bar >= after { [230, 88, 86] } else { colour });
    }
    paint(30..WIDTH - 20, 234..236, [120, 126, 145]);
    png::encode(WIDTH, HEIGHT, &pixels)
}

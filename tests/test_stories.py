"""Stories: conversations written as YAML, told through the real encrypted door and the emulated platform.

A step is one act — follow, unfollow, say, tap, number, press, picture, voice, location, scan, move (hours), event —
and what must be seen after it: `sees` and `lacks` (pieces of the reply), `answer` (the target that was opened),
`decision`, `silent`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.sim import inbound
from bot.sim.delivery import Delivery
from bot.sim.menu import Button
from bot.sim.phone import Phone
from tests.house import House

STORIES = Path(__file__).parent / "stories"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6300010000050001"
)
ACTS = {"follow", "unfollow", "say", "tap", "number", "press", "picture", "voice", "location", "scan", "move", "event"}
CHECKS = {"sees", "lacks", "answer", "decision", "silent"}


def stories() -> list[Any]:
    return [
        pytest.param(path, story, id=f"{'_'.join(story.get('rows', []))}-{path.stem}")
        for path in sorted(STORIES.rglob("*.yaml"))
        for story in [yaml.safe_load(path.read_text())]
    ]


@pytest.mark.parametrize(("path", "story"), stories())
async def test_story(path: Path, story: dict[str, Any], house: House) -> None:
    phone = await house.phone(follow=story.get("follows", True))
    for number, step in enumerate(story["steps"], 1):
        assert set(step) <= ACTS | CHECKS, f"step {number}: unknown words {set(step) - ACTS - CHECKS}"
        delivery = await act(step, phone, house)
        if delivery is not None:
            look(step, delivery, house, f"{path.stem}, step {number}: {step}")


async def act(step: dict[str, Any], phone: Phone, house: House) -> Delivery | None:
    """Do what a step says; None when nothing was pushed."""
    match next(name for name in step if name in ACTS), step:
        case "follow", _:
            return await phone.follows()
        case "unfollow", _:
            return await phone.unfollows()
        case "say", {"say": words}:
            return await phone.says(words)
        case "number", {"number": number}:
            return await phone.says(str(number))
        case "tap", {"tap": label}:
            return await phone.taps_label(label)
        case "press", {"press": key}:
            return await phone.presses(Button(name=key, type="click", value=key))
        case "picture", _:
            return await phone.sends_image(PNG)
        case "voice", {"voice": heard}:
            return await phone.speaks(heard)
        case "location", {"location": label}:
            return await phone.sends_location(39.9, 116.4, label)
        case "scan", {"scan": scene}:
            return await phone.scans(scene)
        case "event", {"event": name}:
            return await phone.pushes(inbound.event(name))
        case "move", {"move": hours}:
            house.clock.offset += timedelta(hours=hours)
    return None


def look(step: dict[str, Any], delivery: Delivery, house: House, where: str) -> None:
    """Compare what came back with what the step expects."""
    assert delivery.succeeded, f"{where}: {delivery.outcome}"
    if step.get("silent"):
        assert not delivery.text, where
        return
    assert delivery.text, where
    for piece in step.get("sees", []):
        assert piece in delivery.text, f"{where}\n{delivery.text}"
    for piece in step.get("lacks", []):
        assert piece not in delivery.text, f"{where}\n{delivery.text}"
    if "answer" in step:
        assert house.last.line.answer == step["answer"], f"{where}\n{delivery.text}"
    if "decision" in step:
        assert house.last.line.decision == step["decision"], f"{where}\n{delivery.text}"

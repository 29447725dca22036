"""The switchboard of one worker: the desk behind the conversation, the bell beside it, and the duty hours in force."""

from __future__ import annotations

from bot.core.bell import Bell
from bot.core.desk import TOPIC, Desk, Hours, State
from bot.core.effect import AskPerson, Effect, Overheard
from bot.core.push import CitizenId


class Switchboard:
    """What a turn needs of the desk. hours: the duty hours as last read; none: the usual ones."""

    def __init__(self, desk: Desk, bell: Bell) -> None:
        self.desk = desk
        self.hours: tuple[Hours, ...] = ()
        self._bell = bell

    async def floor(self, citizen: CitizenId) -> State | None:
        """The state of the citizen's open conversation, from SQL. Raises RecordsDown."""
        return await self.desk.floor(citizen)

    async def ring(self, note: str = "") -> None:
        """Whoever looks at the desk should look again."""
        await self._bell.ring(TOPIC, note)

    async def refresh(self) -> int:
        """Read the duty hours again; returns how many rows there are. Raises RecordsDown."""
        self.hours = tuple(await self.desk.hours())
        return 0


def concerns_desk(effects: tuple[Effect, ...]) -> bool:
    """Whether something of it shows at the desk."""
    return any(isinstance(effect, AskPerson | Overheard) for effect in effects)

"""python -m bot — every command of the service. Heavy parts are imported only by the command that needs them."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from bot.core.errors import BadSettings, XinxinError
from bot.core.staff import Role
from bot.settings import Settings, bare, data_dir, load, sql_url
from kb.load import ContentError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 for a failure in one sentence, 2 for a wrong call."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except (XinxinError, ContentError, OSError) as failed:
        sys.stderr.write(f"xinxin: {failed}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="欣欣: the traffic police's service chatbot")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="run the service")
    serve.add_argument("--workers", type=_count, default=1, help="worker processes (default 1)")
    serve.add_argument("--demo", action="store_true", help="with the platform emulator and the phone page")
    serve.set_defaults(run=_serve)
    worker = commands.add_parser("worker", help="one worker of a running service (started by serve)")
    worker.add_argument("--name", default="w0")
    worker.add_argument("--demo", action="store_true")
    worker.add_argument("--leashed", action="store_true", help="end with the process that holds standard input")
    worker.set_defaults(run=_worker)
    sim = commands.add_parser("sim", help="the platform emulator alone, for several workers")
    sim.add_argument("--port", type=int, default=8081)
    sim.set_defaults(run=_sim)
    chat = commands.add_parser("chat", help="talk to the bot in this terminal")
    chat.add_argument("--explain", action="store_true", help="print why each answer was given")
    chat.set_defaults(run=_chat)
    jobs = commands.add_parser("jobs", help="what the running service does by itself, and when it last did")
    jobs.add_argument("--json", action="store_true")
    jobs.set_defaults(run=_jobs)
    menu = commands.add_parser("menu", help="the account's custom menu")
    menu.add_argument("act", choices=("show", "push"), help="print it, or create it at the platform")
    menu.set_defaults(run=_menu)
    _staff_parser(commands.add_parser("staff", help="accounts of officers, admins and auditors"))
    rekey = commands.add_parser("rekey", help="seal everything with the newest SECRET_KEY")
    rekey.set_defaults(run=_rekey)
    kept = commands.add_parser("backup", help="write all that is kept to one file; the service may run")
    kept.add_argument("file", type=Path)
    kept.set_defaults(run=_backup)
    back = commands.add_parser("restore", help="put a backup in place; the service must not run")
    back.add_argument("file", type=Path)
    back.add_argument("--replace", action="store_true", help="give up what is there")
    back.set_defaults(run=_restore)
    _release_parser(commands.add_parser("release", help="releases of what the bot knows"))
    return parser


def _staff_parser(staff: argparse.ArgumentParser) -> None:
    acts = staff.add_subparsers(required=True, metavar="ACT", dest="act")
    acts.add_parser("list", help="every account")
    add = acts.add_parser("add", help="a new account; asks for its password")
    add.add_argument("--role", action="append", required=True, choices=[role.value for role in Role])
    password = acts.add_parser("password", help="another password; unlocks, too")
    deactivate = acts.add_parser("deactivate", help="stop an account and end its sign-ins")
    for act in (add, password, deactivate):
        act.add_argument("name", metavar="NAME")
    for act in (add, password):
        act.add_argument("--stdin", action="store_true", help="read the password from one line of standard input")
    staff.set_defaults(run=_staff)


def _release_parser(release: argparse.ArgumentParser) -> None:
    acts = release.add_subparsers(required=True, metavar="ACT", dest="act")
    acts.add_parser("list", help="every release and where it stands")
    propose = acts.add_parser("propose", help="judge content files; what passes waits for a second admin")
    propose.add_argument("--content", type=Path, help="content folder (default CONTENT_DIR)")
    propose.add_argument("--note", default="", help="what it is about")
    for name, says in (("approve", "put a proposal in force"), ("rollback", "put an older release in force again")):
        acts.add_parser(name, help=says).add_argument("subject", metavar="ID", help="or its first 8 characters")
    for act in ("propose", "approve", "rollback"):
        acts.choices[act].add_argument("--as", dest="staff", required=True, metavar="STAFF", help="account name")
    export = acts.add_parser("export", help="write the content files of what is in force into a folder")
    export.add_argument("subject", metavar="DIR")
    release.set_defaults(run=_release)


def _release(options: argparse.Namespace) -> int:
    from bot.releasing import Asked, release_command
    from bot.settings import without_credentials

    given = {name: value for name, value in vars(options).items() if name != "run"}
    return _run(release_command(without_credentials(), Asked(**given)))


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("between 1 and 64")
    return number


def _serve(options: argparse.Namespace) -> int:
    from bot.logs import configure

    settings = load(demo=options.demo)
    configure()
    if options.demo:
        from bot.demo import serve_demo

        return _run(serve_demo(settings, options.workers))
    return _run(_serve_plain(settings, options.workers))


async def _serve_plain(settings: Settings, workers: int) -> int:
    from bot.serve import ground, supervise, until_told, worker

    where = f"xinxin listens on {settings.local_url}; the platform reaches it at {settings.base_url}/wechat\n"
    async with ground(settings) as base:
        if workers > 1:
            sys.stdout.write(where)
            await supervise(workers, base.redis_url, demo=False)
        else:
            async with worker(settings, base.redis_url):
                sys.stdout.write(where)
                await until_told()
    return 0


def _worker(options: argparse.Namespace) -> int:
    from bot.logs import configure
    from bot.serve import leash, until_told, worker

    if options.leashed:
        leash()
    settings = load(demo=options.demo)
    configure()
    url = settings.redis_url.get_secret_value()
    if not url:
        raise BadSettings("A worker needs REDIS_URL: it is started by serve, or stands on a Redis of its own.")

    async def run() -> int:
        async with worker(settings, url, name=options.name, share_port=True):
            await until_told()
        return 0

    return _run(run())


def _sim(options: argparse.Namespace) -> int:
    from bot.demo import serve_sim_alone

    return _run(serve_sim_alone(load(demo=True), options.port))


def _chat(options: argparse.Namespace) -> int:
    from bot.terminal import converse
    from kb.load import CONTENT
    from kb.release import open_release

    release = open_release(CONTENT, data_dir() / "releases")
    asyncio.run(converse(release, explain=options.explain))
    return 0


def _jobs(options: argparse.Namespace) -> int:
    from bot.serve import tick_notes, tick_table
    from bot.settings import find_redis

    notes = asyncio.run(tick_notes(find_redis()))
    sys.stdout.write(f"{json.dumps(notes, ensure_ascii=False)}\n" if options.json else tick_table(notes))
    return 0


def _menu(options: argparse.Namespace) -> int:
    from bot.wechat.menu import MENU

    if options.act == "show":
        sys.stdout.write(json.dumps(MENU, ensure_ascii=False, indent=2) + "\n")
        return 0
    from bot.serve import push_menu

    settings = load()
    # Beside a running service, whose own Redis is not ours to open: the token of one call need not be shared.
    return _run(push_menu(settings, settings.redis_url.get_secret_value(), MENU))


def _staff(options: argparse.Namespace) -> int:
    from bot.staff_commands import prepare, run

    # The demonstration keeps its database in the same place: both are found by DATA_DIR or DATABASE_URL.
    url = sql_url()
    password = prepare(url, options)
    return _run(run(url, options, password))


def _rekey(_: argparse.Namespace) -> int:
    from bot.store.migrate import upgrade
    from bot.store.rekey import rekey

    settings = load()
    upgrade(settings.sql_url)

    async def run() -> int:
        done = await rekey(settings.sql_url, settings.secret_key.get_secret_value(), settings.earlier_secrets)
        for one in done:
            sys.stdout.write(f"{one.column}: {one.sealed} sealed anew, {one.lost} that no given key opens\n")
        return 1 if any(one.lost for one in done) else 0

    return _run(run())


def _backup(options: argparse.Namespace) -> int:
    from bot.core.clock import SystemClock
    from bot.store.backup import backup

    settings = bare()
    made = backup(settings.sql_url, settings.data_dir, options.file, SystemClock().now())
    sys.stdout.write(f"{options.file}: tables of revision {made.revision}, {', '.join(made.files)}\n")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from bot.store.backup import restore

    settings = bare()
    made = restore(options.file, settings.sql_url, settings.data_dir, replace=options.replace)
    sys.stdout.write(f"{settings.data_dir}: as of {made.made_at}\n")
    return 0


def _run(work: Coroutine[Any, Any, int]) -> int:
    """Run to the end, on uvloop where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


if __name__ == "__main__":
    sys.exit(main())

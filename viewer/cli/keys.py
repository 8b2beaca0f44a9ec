"""`hounsfield keys`: what keys and mouse do."""

import argparse

from viewer.app.control_sheet import sheet_rows
from viewer.app.controls import Controls
from viewer.app.profile_store import PresetStore, ProfileStore
from viewer.app.profiles import actions_with, bindings_with
from viewer.app.settings import SettingsStore
from viewer.cli.terminal import TerminalContext, print_error, print_json, print_line
from viewer.paths import config_dir


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--profile", metavar="NAME", help="of another profile than the one that is chosen"
    )
    group.add_argument("--profiles", action="store_true", help="list the profiles instead")
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Print the table."""
    del ctx
    store = ProfileStore(config_dir())
    controls = Controls(SettingsStore(config_dir()), store, PresetStore(config_dir()))
    for problem in controls.problems:
        print_error(problem)
    if arguments.profiles:
        _print_profiles(store, controls.profile.id, as_json=arguments.json)
        return 0
    profile, actions, bindings = controls.profile, controls.all_actions, controls.bindings
    if arguments.profile is not None:
        profile = store.find(arguments.profile)
        actions, bindings = actions_with(profile), bindings_with(profile)
    rows = sheet_rows(actions, bindings)
    if arguments.json:
        print_json(
            {
                "profile": profile.id,
                "name": profile.name,
                "controls": [
                    {"control": keys, "does": does, "menu": menu} for keys, does, menu in rows
                ],
                "sources": [*profile.sources],
                "left_out": [*profile.left_out],
            }
        )
        return 0
    print_line(f"{profile.name} ({profile.id})")
    _print_columns(rows)
    for text in profile.left_out:
        print_line(f"- {text}")
    return 0


def _print_profiles(store: ProfileStore, chosen: str, *, as_json: bool) -> None:
    known, wrong = store.profiles()
    for line in wrong:
        print_error(line)
    if as_json:
        print_json(
            [{"id": p.id, "name": p.name, "own": p.own, "chosen": p.id == chosen} for p in known]
        )
        return
    _print_columns([(("* " if p.id == chosen else "  ") + p.id, p.name, p.about) for p in known])


def _print_columns(rows: list[tuple[str, str, str]]) -> None:
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for first, second, third in rows:
        print_line(f"{first:<{widths[0]}}  {second:<{widths[1]}}  {third}".rstrip())

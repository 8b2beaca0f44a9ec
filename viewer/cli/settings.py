"""`hounsfield settings`: the preferences of the window, read and changed without it."""

import argparse

from viewer.app.preferences import PREFERENCES, Preference, find_preference
from viewer.app.settings import SettingsStore, SettingValue
from viewer.cli.terminal import JsonValue, TerminalContext, UsageError, print_json, print_line
from viewer.i18n import tr
from viewer.paths import config_dir


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.set_defaults(deed="list", names=[], every=False)
    deeds = parser.add_subparsers(dest="deed", metavar="DEED")
    listing = deeds.add_parser("list", help="all of them with what they may be (the default)")
    listing.add_argument("--json", action="store_true", help="machine-readable, on stdout")
    getting = deeds.add_parser("get", help="one value")
    getting.add_argument("names", metavar="NAME", nargs=1)
    setting = deeds.add_parser("set", help="another value")
    setting.add_argument("names", metavar="NAME", nargs=1)
    setting.add_argument("value", metavar="VALUE")
    resetting = deeds.add_parser("reset", help="as they were at first")
    resetting.add_argument("names", metavar="NAME", nargs="*")
    resetting.add_argument("--all", dest="every", action="store_true", help="all of them")


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Tell or change; an open window hears of it at its next start."""
    del ctx
    store = SettingsStore(config_dir())
    named = [find_preference(name) for name in arguments.names]
    if arguments.deed == "get":
        print_line(_text(named[0].value_in(store.settings)))
    elif arguments.deed == "set":
        _change(store, {named[0].name: named[0].parsed(arguments.value)})
    elif arguments.deed == "reset":
        if bool(named) == arguments.every:
            raise UsageError("settings reset wants names, or --all")
        _change(store, {p.name: p.default for p in named or PREFERENCES})
    else:
        _list(store, as_json=getattr(arguments, "json", False))
    return 0


def _change(store: SettingsStore, values: dict[str, SettingValue]) -> None:
    store.save(store.settings.changed(**values))
    for name, value in values.items():
        print_line(f"{name} = {_text(value)}")


def _list(store: SettingsStore, *, as_json: bool) -> None:
    if as_json:
        print_json({p.name: _described(p, p.value_in(store.settings)) for p in PREFERENCES})
        return
    width = max(len(p.name) for p in PREFERENCES)
    for preference in PREFERENCES:
        value = _text(preference.value_in(store.settings))
        print_line(f"{preference.name:<{width}}  {value:<8}  {preference.allowed}")
        print_line(f"{'':<{width}}  {tr(preference.label)}. {tr(preference.help)}")


def _described(preference: Preference, value: SettingValue) -> JsonValue:
    return {
        "value": _plain(value),
        "default": _plain(preference.default),
        "allowed": preference.allowed,
        "group": preference.group,
        "label": preference.label,
    }


def _plain(value: SettingValue) -> bool | int | str:
    return value if isinstance(value, bool | int | str) else ",".join(value)


def _text(value: SettingValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

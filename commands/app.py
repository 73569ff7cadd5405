"""All commands of the starter, by noun."""

import typer

from commands import campaign, doctor, lead, leads, tasks
from commands.console import EXITS

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Nurture campaigns: check them, take leads in, start, and see where every lead is and why.",
    epilog=EXITS,
)
app.add_typer(campaign.app, name="campaign")
app.add_typer(leads.app, name="leads")
app.add_typer(lead.app, name="lead")
app.add_typer(tasks.app, name="tasks")
app.command()(doctor.doctor)

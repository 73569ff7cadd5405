"""All commands of the starter, by noun."""

import typer

from commands.ahead import forecast
from commands.ahead.rehearse import rehearse_command
from commands.campaigns import campaign
from commands.console import EXITS
from commands.counting import figures, measure
from commands.health import doctor, release
from commands.lead import account, lead
from commands.leads import leads
from commands.machines import tokens, webhooks
from commands.mail import mail, stopping, strays
from commands.privacy.retaining import retention_
from commands.site import site, visitors
from commands.team import people, reps, tasks
from commands.team.auditing import audit_command
from commands.why import explain, whatif

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
app.add_typer(account.app, name="account")
app.add_typer(tasks.app, name="tasks")
app.add_typer(people.app, name="people")
app.add_typer(reps.app, name="reps")
app.add_typer(visitors.app, name="visitors")
app.add_typer(site.app, name="site")
app.add_typer(tokens.app, name="tokens")
app.add_typer(mail.app, name="mail")
app.add_typer(stopping.stop, name="stop")
app.add_typer(stopping.resume, name="resume")
app.add_typer(strays.app, name="strays")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(release.app, name="release")
app.add_typer(doctor.app, name="doctor")
app.command("rehearse")(rehearse_command)
app.command()(explain.explain)
app.command()(whatif.whatif)
app.command()(forecast.forecast)
app.command()(measure.measure)
app.command()(figures.figures)
app.command("retention")(retention_)
app.command("audit")(audit_command)

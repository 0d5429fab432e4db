"""Turns landed rows into tidy ones, and sets aside, with a reason, those that cannot be; set-aside rows can be mended and replayed."""

from qunxiang.cleaning.choices import clean_choice, clean_gender, clean_yesno
from qunxiang.cleaning.dates import clean_date, clean_moment
from qunxiang.cleaning.doors import Door, Doors
from qunxiang.cleaning.fixing import try_format
from qunxiang.cleaning.flow import Cleaning, day_of
from qunxiang.cleaning.items import Item
from qunxiang.cleaning.mails import clean_mail
from qunxiang.cleaning.names import clean_name
from qunxiang.cleaning.numbering import Register
from qunxiang.cleaning.numbers import clean_integer, clean_money, clean_number
from qunxiang.cleaning.phones import clean_phone
from qunxiang.cleaning.reasons import REASONS, Reason, explain, remedy
from qunxiang.cleaning.recipes import Options, options_of
from qunxiang.cleaning.regions import clean_city, clean_district, clean_province, clean_region
from qunxiang.cleaning.rehearsals import Broken, PlanTrial, Rehearsal, Rehearsed
from qunxiang.cleaning.residents import clean_resident_id
from qunxiang.cleaning.rulebook import Definitions, Rules, find_plan
from qunxiang.cleaning.spelling import respell
from qunxiang.cleaning.streaming import Key, StreamLoader
from qunxiang.cleaning.tables import (
    CUSTOMER_ROWS,
    IDENTIFIERS,
    INFERRABLE,
    LOADS,
    PARTINGS,
    REPEATS,
    SET_ASIDE,
    SIGHTINGS,
    STORED,
    certainty,
    event_table,
)
from qunxiang.cleaning.text import clean_text
from qunxiang.cleaning.tidying import RECORD, Tidy
from qunxiang.cleaning.trials import Example, Trial
from qunxiang.cleaning.values import Cleaned
from qunxiang.cleaning.wording import word_of

__all__ = [
    "CUSTOMER_ROWS",
    "IDENTIFIERS",
    "INFERRABLE",
    "LOADS",
    "PARTINGS",
    "REASONS",
    "RECORD",
    "REPEATS",
    "SET_ASIDE",
    "SIGHTINGS",
    "STORED",
    "Broken",
    "Cleaned",
    "Cleaning",
    "Definitions",
    "Door",
    "Doors",
    "Example",
    "Item",
    "Key",
    "Options",
    "PlanTrial",
    "Reason",
    "Register",
    "Rehearsal",
    "Rehearsed",
    "Rules",
    "StreamLoader",
    "Tidy",
    "Trial",
    "certainty",
    "clean_choice",
    "clean_city",
    "clean_date",
    "clean_district",
    "clean_gender",
    "clean_integer",
    "clean_mail",
    "clean_moment",
    "clean_money",
    "clean_name",
    "clean_number",
    "clean_phone",
    "clean_province",
    "clean_region",
    "clean_resident_id",
    "clean_text",
    "clean_yesno",
    "day_of",
    "event_table",
    "explain",
    "find_plan",
    "options_of",
    "remedy",
    "respell",
    "try_format",
    "word_of",
]

"""A believable company of any size, messy on purpose, whose truth is known."""

from qunxiang.samples.audiences import AUDIENCES
from qunxiang.samples.definitions import Company, Made, MadeFile
from qunxiang.samples.flow import make_company

__all__ = ["AUDIENCES", "Company", "Made", "MadeFile", "make_company"]

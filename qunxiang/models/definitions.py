"""What a person sets for RFM and lifecycle: the event, its money, and the thresholds."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from qunxiang.catalog import Definition

Cuts = tuple[float, ...]


class RfmDefinition(Definition):
    """Recency, frequency and monetary value, each scored 1 to 5, and the groups they make.

    Args:
        event: what counts as buying.
        order: the property that tells orders apart; None to count events.
        amount: the property that is money.
        days: how far back to look; None for ever.
        method: `quantile` cuts at the 20th, 40th, 60th and 80th percentile of buyers; `fixed` at
            customary values of retail; `custom` at the cuts given.
        recency_cuts: days, ascending; fewer days score higher.
        frequency_cuts: orders, ascending.
        monetary_cuts: money, ascending.
    """

    kind_zh: ClassVar[str] = "RFM 模型"

    event: str = "purchase"
    order: str | None = "order_id"
    amount: str = "amount"
    days: int | None = Field(default=None, ge=1)
    method: Literal["quantile", "fixed", "custom"] = "quantile"
    recency_cuts: Cuts = ()
    frequency_cuts: Cuts = ()
    monetary_cuts: Cuts = ()

    @model_validator(mode="after")
    def _custom_has_cuts(self) -> Self:
        for cuts in (self.recency_cuts, self.frequency_cuts, self.monetary_cuts):
            if self.method == "custom" and len(cuts) != 4:
                message = "a custom RFM needs four cuts for each of R, F and M"
                raise ValueError(message)
            if list(cuts) != sorted(cuts):
                message = "cuts must ascend"
                raise ValueError(message)
        return self


class LifecycleDefinition(Definition):
    """The stage a customer is in: new, active, at risk, dormant or revived.

    Args:
        event: what counts as being active.
        method: `fixed` compares the days since the last event with the thresholds below; `rhythm`
            compares them with each person's own mean gap between buying days, falling back to the
            thresholds for those who bought on one day only.
        new_days: whoever began within so many days is new.
        active_days: active up to so many days after the last event.
        risk_days: at risk up to so many, dormant beyond; who comes back after longer is revived.
        active_gaps: active up to so many of one's own gaps.
        risk_gaps: at risk up to so many of one's own gaps.
    """

    kind_zh: ClassVar[str] = "生命周期模型"

    event: str = "purchase"
    method: Literal["fixed", "rhythm"] = "fixed"
    new_days: int = Field(default=30, ge=1)
    active_days: int = Field(default=90, ge=1)
    risk_days: int = Field(default=180, ge=2)
    active_gaps: float = Field(default=1.5, gt=0)
    risk_gaps: float = Field(default=3.0, gt=0)

    @model_validator(mode="after")
    def _stages_follow(self) -> Self:
        if self.risk_days <= self.active_days or self.risk_gaps <= self.active_gaps:
            message = "the at-risk threshold must lie beyond the active one"
            raise ValueError(message)
        return self


STARTER = (
    RfmDefinition(name="rfm", zh="RFM 模型", en="RFM"),
    LifecycleDefinition(name="lifecycle", zh="生命周期", en="Lifecycle"),
)

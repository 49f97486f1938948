"""Which parts of the sandbox this machine offers, and what follows from that."""

from dataclasses import asdict, dataclass

FULL, REDUCED, UNSAFE, REFUSED = "full", "reduced", "unsafe", "refused"


@dataclass(frozen=True)
class Plan:
    """What zygotes and children use. A step that the plan names and that fails ends the child: nothing
    is optional.
    """

    namespaces: bool = False
    seccomp: bool = False
    landlock: int = 0  # ABI version
    cgroups: bool = False
    unsafe: bool = False

    @property
    def tier(self) -> str:
        if not (self.namespaces and self.seccomp):
            return UNSAFE if self.unsafe else REFUSED
        return FULL if self.cgroups and self.landlock >= 6 else REDUCED

    def as_dict(self) -> dict[str, bool | int]:
        return asdict(self)

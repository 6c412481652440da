// Every word that explorers write themselves, in one place.
export const words = {
  at: "at",
  change: "change",
  divideBy: "divide by",
  gradient: "gradient",
  loss: "loss",
  movablePoint: "movable point",
  probe: "probe",
  pull: "pull",
  reset: "Reset",
  slope: "slope",
};

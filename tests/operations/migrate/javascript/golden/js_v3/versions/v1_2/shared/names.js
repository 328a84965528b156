const SHIP = "Ship";

module.exports = { SHIP, names: { pay: "Pay" } };

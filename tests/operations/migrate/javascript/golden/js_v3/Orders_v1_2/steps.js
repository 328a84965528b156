module.exports = ["Ship", "Pay"];

const ship = require(".");

exports.pay = async (context) => ship(context);

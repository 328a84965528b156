// The frozen functions of v1.2: loads their copies.
require('./versions/v1_2/functions/orders');
require('./versions/v1_2/functions/payments');

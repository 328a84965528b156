// The frozen functions of v1.2: loads their copies.
import './versions/v1_2/functions/hello.js';
import './versions/v1_2/functions/orders.js';

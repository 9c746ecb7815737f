const express = require('express');
const axios = require('axios');
const router = express.Router();
const { MINTCASH_HOST, MINTCASH_PUBLIC, MINTCASH_SECRET } = process.env;

router.post('/checkout', async (req, res, next) => {
  try {
    const cart = await Cart.findById(req.session.cartId);
    const { data } = await axios.post(
      `https://${MINTCASH_HOST}/payments`,
      {
        amount: cart.total,
        currency: cart.currency,
        externalId: cart.id,
        customer: req.user.toMintcash(),
        returnUrl: `${process.env.SITE}/thanks`,
      },
      { auth: { username: MINTCASH_PUBLIC, password: MINTCASH_SECRET } },
    );
    res.redirect(data.redirectUrl);
  } catch (e) {
    next(e);
  }
});
module.exports = router;

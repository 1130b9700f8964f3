"""Exercise 01.1 judges the form of free names: good ones have to pass, bad ones to fail.

These are names that people give to the twelve sentences. A bad one stands with a part of
the invariant that it breaks.
"""

import pytest

from sandbox.grading import Verdict, find_grader, grade

GOOD = {
    1: """OrderPlaced DrinksOrdered OrderTaken OrderReceived OrderAccepted TableOrdered OrderRequested
        FlatWhitesOrdered OrderOpened OrderCreated OrderSubmitted OrderRegistered OrderEntered OrderMade
        CustomerPlacedOrder OrderWasPlaced OrderHasBeenPlaced OrderPlacedAtTable GuestOrderedDrinks
        OrderStarted OrderTakenDown NewOrderReceived OrderRecorded OrderPutIn""",
    2: """MakeDrinks PrepareOrder BrewCoffee MakeFlatWhites MakeCoffee StartOrder PrepareDrinks FulfillOrder
        ServeOrder BrewDrinks MakeTwoFlatWhites PrepareFlatWhites PourDrinks BeginPreparation ProduceDrinks
        StartBrewing MakeOrder CompleteOrder FulfilOrder BrewFlatWhite ProcessOrder PullShots CraftDrinks
        Froth2FlatWhites PrepareDrinksForOrder StartPreparation BeginBrewing Make2FlatWhites""",
    3: """OrderPrepared DrinksMade OrderReady OrderFinished DrinksServed OrderCompleted BellRung DrinksFinished
        OrderFulfilled OrderServed OrderReadyForPickup DrinksPrepared CoffeeMade OrderBrewed OrderMade
        DrinksReady OrderDone OrderPutOnCounter CupsPlacedOnCounter OrderReadyToBeCollected OrderLaidOut
        DrinkMade FlatWhitesServed BaristaFinishedOrder OrderPreparationCompleted BellRang DrinksSetOut""",
    4: """PaymentCaptured PaymentReceived CardCharged OrderPaid PaymentTaken PaymentCompleted PaymentSucceeded
        OrderCharged PaymentMade PaymentCollected MoneyReceived AmountCharged PaymentAccepted OrderPaidFor
        TerminalTookPayment PaymentConfirmed AmountPaid MoneyTaken CardDebited PaymentSettled
        PaymentTakenByTerminal GuestPaid OrderBilled PaymentWasTaken PaymentApproved""",
    5: """GuestProfile CustomerProfile Guest Customer GuestRecord GuestDetails CustomerCard GuestFile
        GuestData LoyaltyProfile CustomerRecord GuestInformation GuestSnapshot CompleteGuestProfile
        GuestDossier CustomerInfo RegisteredGuestProfile KnownGuest""",
    6: """RefundPayment RefundOrder RefundGuest ReturnMoney PayBackGuest IssueRefund GiveMoneyBack ReimburseGuest
        RepayGuest ReversePayment RefundCustomer MakeRefund PayRefund ReturnPayment RefundCharge SendRefund
        ProcessRefund CreditGuest RefundAmount ReverseCharge GiveRefund PayBack CancelPayment StartRefund""",
    7: """RefundRequested RefundAskedFor RefundDemanded RefundClaimed MoneyBackRequested GuestRequestedRefund
        RefundRequestReceived RefundRequestSubmitted CustomerAskedForRefund MoneyReclaimed RefundRequestMade
        RefundRequestOpened ComplaintMade OrderRefundRequested RefundSought RefundWasRequested MoneyAskedBack
        RefundRequestFiled RefundRequestRaised GuestAskedForMoneyBack RefundApplicationMade""",
    8: """Menu DailyMenu TomorrowsMenu PriceList MenuForTomorrow MenuWithPrices MenuBoard TomorrowMenu PricedMenu
        MenuCard MenuSnapshot MenuOfTheDay Prices DrinksAndPrices FullMenu CompleteMenu MenuPrices
        MenuListing ScreenMenu UpdatedMenu PublishedMenu""",
    9: """MilkSwitched MilkReplaced MilkSwapped OatMilkChosen OrderSwitchedToOatMilk MilkChanged MilkSubstituted
        OatMilkSelected MilkExchanged OatMilkAddedToOrder OrderMilkReplaced MilkSwitchedToOat OrderCustomized
        MilkPreferenceSet CowMilkReplacedByOat DrinkSwitchedToOatMilk MilkTypeSwitched MilkTypeChanged
        MilkChoiceCorrected OrderMilkChanged OatMilkRequested OatMilkAskedFor CowsMilkReplacedWithOatMilk""",
    10: """SoldOut CinnamonRollsSoldOut LastRollSold OutOfStock StockDepleted RollsOutOfStock ItemSoldOut
        CinnamonRollsRanOut StockExhausted LastCinnamonRollSold RollsSoldOut ProductSoldOut StockRanOut
        AllRollsSold RanOutOfCinnamonRolls CinnamonRollStockEmptied RollsUnavailable BakedGoodsSoldOut
        StockEmptied LastRollGone ItemDepleted CinnamonRollSoldOut""",
    11: """BakeRolls BakeCinnamonRolls BakeTwelveRolls StartBaking MakeCinnamonRolls ProduceRolls BakeMoreRolls
        PrepareRolls Bake12CinnamonRolls DeliverRolls RestockRolls ReplenishCinnamonRolls BakeBatch BringRolls
        BakeRollsByNine BeginBaking SupplyRolls RestockCinnamonRolls StartCinnamonRollBaking BakeItems""",
    12: """DailyTakings TakingsReport DailySalesReport SalesOfTheDay EndOfDayReport DaysTakings TodaysTakings
        DailyRevenue RevenueReport SalesSummary DailySales SalesByOrder DailyLedger DayBook TakingsPerOrder
        CashReport DailyStatement TakingsOfTheDay Takings DailyTakingsReport ClosedDayReport
        CompletedOrders PaidOrders""",
}  # fmt: skip

BAD = {
    1: {
        "PlaceOrder": "no orders", "OrderPlacing": "past tense", "PlacedOrder": "past tense",
        "OrderEvent": "repeat its kind", "OrderPlacedEvent": "repeat its kind", "OrderUpdated": "different now",
        "OrderProcessed": "different now", "NewOrder": "past tense", "OrderPlacement": "past tense",
        "CustomerOrders": "past tense", "DrinksNeeded": "no orders", "OrderIsPlaced": "past tense",
        "MakeDrinksRequested": "no orders", "Placed": "past tense", "order_placed": "a kind, a name",
        "OrderBeingPlaced": "no orders", "OrderStatusChanged": "different now",
        "OrderSaved": "different now",
    },
    2: {
        "OrderPrepared": "tells its owner", "CoffeeMaking": "tells its owner", "DrinksMade": "tells its owner",
        "PleaseMakeDrinks": "tells its owner", "OrderPreparation": "tells its owner", "Make": "tells its owner",
        "MakeDrinksCommand": "repeat its kind", "DrinksShouldBeMade": "tells its owner", "FlatWhites": "tells its owner",
        "MakesDrinks": "tells its owner", "BrewedCoffee": "tells its owner", "TwoFlatWhites": "tells its owner",
        "BrewingCoffee": "tells its owner", "CanYouMakeDrinks": "tells its owner", "NeedDrinks": "tells its owner",
        "PreparationRequest": "tells its owner", "DrinksRequested": "tells its owner",
    },
    3: {
        "PrepareOrder": "no orders", "OrderPreparing": "past tense", "OrderIsReady": "past tense",
        "OrderShouldBeCollected": "no orders", "OrderUpdated": "different now", "OrderStatusUpdated": "different now",
        "PickupRequested": "no orders", "FinishedOrder": "past tense", "ServeDrinks": "no orders",
        "OrderHandled": "different now", "RingBell": "past tense", "PickupNeeded": "no orders",
        "OrderReadyMessage": "repeat its kind", "OrderChanged": "different now", "OrderAwaitingPickup": "no orders",
        "OrderCompletion": "past tense",
    },
    4: {
        "SendReceipt": "no orders", "ReceiptShouldBeSent": "no orders", "SendReceiptRequested": "no orders",
        "ReceiptRequested": "no orders", "ReceiptSent": "no orders", "ReceiptNeeded": "no orders",
        "PaymentProcessed": "different now", "PaymentUpdated": "different now", "Payment": "past tense",
        "PaymentCapturedEvent": "repeat its kind", "CardIsCharged": "past tense", "ChargeCard": "past tense",
        "ReceiptPending": "no orders", "EmailReceiptRequired": "no orders", "PaymentCapture": "past tense",
        "CapturedPayment": "past tense", "NotifyEmailService": "no orders", "OrderStatusChanged": "different now",
        "MailTriggered": "no orders", "PaymentSuccess": "past tense",
    },
    5: {
        "SendGuestProfile": "contains", "GuestProfileSent": "contains", "GetGuest": "contains",
        "GuestRegistered": "contains", "GuestProfileDocument": "repeat its kind", "GuestProfileRequest": "contains",
        "ShowGuestData": "contains", "GuestTransferredToBranch": "contains", "guest profile": "a kind, a name",
        "ImportGuest": "contains", "GuestMessage": "repeat its kind", "PleaseReadGuest": "contains",
    },
    6: {
        "RefundRequested": "tells its owner", "GuestRefunded": "tells its owner", "RefundCommand": "repeat its kind",
        "PaymentRefund": "tells its owner", "OrderRefund": "tells its owner", "Refund": "tells its owner",
        "MoneyShouldBeReturned": "tells its owner", "RefundNeeded": "tells its owner", "RefundRequest": "tells its owner",
        "ShouldRefundGuest": "tells its owner", "RefundingGuest": "tells its owner", "RefundsGuest": "tells its owner",
        "RefundIsRequired": "tells its owner", "ToRefund": "tells its owner", "GuestWantsRefund": "tells its owner",
    },
    7: {
        "RefundGuest": "past tense", "RefundNeeded": "no orders", "GuestRefunded": "no orders",
        "RefundRequest": "past tense", "PaymentShouldBeRefunded": "no orders", "RefundPending": "no orders",
        "MoneyReturned": "no orders", "GiveMoneyBack": "no orders", "RequestRefund": "past tense",
        "OrderUpdated": "different now", "GuestWantsRefund": "no orders", "RefundProcessed": "different now",
        "SendRefundRequested": "no orders", "RefundRequestedEvent": "repeat its kind", "GuestAsks": "past tense",
        "RefundApproved": "no orders",
    },
    8: {
        "MenuPublished": "contains", "PublishMenu": "contains", "ShowMenu": "contains", "UpdateMenu": "contains",
        "MenuUpdated": "contains", "MenuDocument": "repeat its kind", "MenuRequest": "contains",
        "DisplayMenu": "contains", "MenuPublishedForTomorrow": "contains", "PricesSet": "contains",
        "SendMenuToScreens": "contains", "menu": "a kind, a name", "GetMenu": "contains",
    },
    9: {
        "OrderUpdated": "different now", "OrderChanged": "different now", "OrderModified": "different now",
        "SwitchMilk": "no orders", "UseOatMilk": "no orders", "OatMilkNeeded": "no orders",
        "MilkSwitching": "past tense", "OrderEdited": "different now", "MilkShouldBeReplaced": "no orders",
        "OatMilk": "past tense", "OrderAmended": "different now", "ReplaceMilkRequested": "no orders",
        "OrderDetailsChanged": "different now", "MilkModified": "different now", "GuestWantsOatMilk": "no orders",
        "MilkSwitchedEvent": "repeat its kind", "ItemUpdated": "different now", "MilkChange": "past tense",
    },
    10: {
        "BakeRolls": "no orders", "BakingNeeded": "no orders", "RollsNeedBaking": "no orders",
        "RestockRequested": "no orders", "MoreRollsNeeded": "no orders", "RollsShouldBeBaked": "no orders",
        "StockUpdated": "different now", "RestockRequired": "no orders", "SellLastRoll": "no orders",
        "BakersNotified": "no orders", "RollsBaked": "no orders", "StockIsEmpty": "past tense",
        "SellingOut": "past tense", "LastRoll": "past tense", "RollsOrdered": "no orders", "StockChange": "past tense",
        "StockHandled": "different now", "SoldOutEvent": "repeat its kind",
    },
    11: {
        "RollsBaked": "tells its owner", "RollsOrdered": "tells its owner", "BakingRequested": "tells its owner",
        "RollsNeeded": "tells its owner", "CinnamonRolls": "tells its owner", "Bake": "tells its owner",
        "RollBaking": "tells its owner", "BakingRolls": "tells its owner", "PleaseBakeRolls": "tells its owner",
        "BakersShouldBake": "tells its owner", "BakeRollsCommand": "repeat its kind", "TwelveRolls": "tells its owner",
        "BakesRolls": "tells its owner", "NeedRolls": "tells its owner", "RollProduction": "tells its owner",
    },
    12: {
        "DayClosed": "contains", "SendTakings": "contains", "TakingsReported": "contains", "PrintReport": "contains",
        "TakingsDocument": "repeat its kind", "TakingsCalculated": "contains", "CreateDailyReport": "contains",
        "ReportRequest": "contains", "DayEnded": "contains", "BookTakingsMessage": "repeat its kind",
        "CalculateRevenue": "contains", "TakingsSentToBookkeeper": "contains",
    },
}  # fmt: skip

grader = find_grader("01.1")
SENTENCES = grader.attacks[0].run.__globals__["SENTENCES"]
FIELDS = {"event": "order_id cents", "command": "order_id cents", "document": "day lines total"}


def _one_message(number: int, name: str) -> Verdict:
    kind = SENTENCES[number].kind
    return grade("01.1", f"def messages():\n    return {{{number}: {(kind, name, FIELDS[kind])!r}}}")


def test_the_sentences_of_the_task_are_those_of_the_grader():
    text = (grader.folder / "exercises.py").read_text(encoding="utf-8")
    assert [n for n, s in SENTENCES.items() if f"# {n}. {s.text}\n" not in text] == []


@pytest.mark.parametrize("number", SENTENCES)
def test_a_reasonable_name_is_accepted(number):
    names = GOOD[number].split()
    assert len(names) >= 8
    verdicts = {name: _one_message(number, name) for name in names}
    rejected = {n: v.story for n, v in verdicts.items() if v.invariant != grader.attacks[-1].invariant}
    assert rejected == {}


@pytest.mark.parametrize("number", SENTENCES)
def test_a_bad_name_is_rejected_for_the_right_reason(number):
    assert len(BAD[number]) >= 8
    got = {name: _one_message(number, name).invariant for name in BAD[number]}
    assert {n: i for n, i in got.items() if BAD[number][n] not in i} == {}

"""Exercise 01.1 judges the form of free names: good ones have to pass, bad ones to fail.

These are names that people give to the twelve sentences. The bad ones stand with a part of
the invariant that they break.
"""

import pytest

from sandbox.grading import Verdict, find_grader, grade

GOOD = {
    1: """
        OrderPlaced DrinksOrdered OrderTaken OrderReceived OrderAccepted TableOrdered OrderRequested
        FlatWhitesOrdered OrderOpened OrderCreated OrderSubmitted OrderRegistered OrderEntered
        OrderMade CustomerPlacedOrder OrderWasPlaced OrderHasBeenPlaced OrderPlacedAtTable
        GuestOrderedDrinks OrderStarted OrderTakenDown NewOrderReceived OrderRecorded OrderPutIn
    """,
    2: """
        MakeDrinks PrepareOrder BrewCoffee MakeFlatWhites MakeCoffee StartOrder PrepareDrinks
        FulfillOrder ServeOrder BrewDrinks MakeTwoFlatWhites PrepareFlatWhites PourDrinks
        BeginPreparation ProduceDrinks StartBrewing MakeOrder CompleteOrder FulfilOrder
        BrewFlatWhite ProcessOrder PullShots CraftDrinks Froth2FlatWhites PrepareDrinksForOrder
        StartPreparation BeginBrewing Make2FlatWhites
    """,
    3: """
        OrderPrepared DrinksMade OrderReady OrderFinished DrinksServed OrderCompleted BellRung
        DrinksFinished OrderFulfilled OrderServed OrderReadyForPickup DrinksPrepared CoffeeMade
        OrderBrewed OrderMade DrinksReady OrderDone OrderPutOnCounter CupsPlacedOnCounter
        OrderReadyToBeCollected OrderLaidOut DrinkMade FlatWhitesServed BaristaFinishedOrder
        OrderPreparationCompleted BellRang DrinksSetOut
    """,
    4: """
        PaymentCaptured PaymentReceived CardCharged OrderPaid PaymentTaken PaymentCompleted
        PaymentSucceeded OrderCharged PaymentMade PaymentCollected MoneyReceived AmountCharged
        PaymentAccepted OrderPaidFor TerminalTookPayment PaymentConfirmed AmountPaid MoneyTaken
        CardDebited PaymentSettled PaymentTakenByTerminal GuestPaid OrderBilled PaymentWasTaken
        PaymentApproved
    """,
    5: """
        GuestProfile CustomerProfile Guest Customer GuestRecord GuestDetails CustomerCard GuestFile
        GuestData LoyaltyProfile CustomerRecord GuestInformation GuestSnapshot CompleteGuestProfile
        GuestDossier CustomerInfo RegisteredGuestProfile KnownGuest
    """,
    6: """
        RefundPayment RefundOrder RefundGuest ReturnMoney PayBackGuest IssueRefund GiveMoneyBack
        ReimburseGuest RepayGuest ReversePayment RefundCustomer MakeRefund PayRefund ReturnPayment
        RefundCharge SendRefund ProcessRefund CreditGuest RefundAmount ReverseCharge GiveRefund
        PayBack CancelPayment StartRefund
    """,
    7: """
        RefundRequested RefundAskedFor RefundDemanded RefundClaimed MoneyBackRequested
        GuestRequestedRefund RefundRequestReceived RefundRequestSubmitted CustomerAskedForRefund
        MoneyReclaimed RefundRequestMade RefundRequestOpened ComplaintMade OrderRefundRequested
        RefundSought RefundWasRequested MoneyAskedBack RefundRequestFiled RefundRequestRaised
        GuestAskedForMoneyBack RefundApplicationMade
    """,
    8: """
        Menu DailyMenu TomorrowsMenu PriceList MenuForTomorrow MenuWithPrices MenuBoard TomorrowMenu
        PricedMenu MenuCard MenuSnapshot MenuOfTheDay Prices DrinksAndPrices FullMenu CompleteMenu
        MenuPrices MenuListing ScreenMenu UpdatedMenu PublishedMenu
    """,
    9: """
        MilkSwitched MilkReplaced MilkSwapped OatMilkChosen OrderSwitchedToOatMilk MilkChanged
        MilkSubstituted OatMilkSelected MilkExchanged OatMilkAddedToOrder OrderMilkReplaced
        MilkSwitchedToOat OrderCustomized MilkPreferenceSet CowMilkReplacedByOat
        DrinkSwitchedToOatMilk MilkTypeSwitched MilkTypeChanged MilkChoiceCorrected OrderMilkChanged
        OatMilkRequested OatMilkAskedFor CowsMilkReplacedWithOatMilk
    """,
    10: """
        SoldOut CinnamonRollsSoldOut LastRollSold OutOfStock StockDepleted RollsOutOfStock
        ItemSoldOut CinnamonRollsRanOut StockExhausted LastCinnamonRollSold RollsSoldOut
        ProductSoldOut StockRanOut AllRollsSold RanOutOfCinnamonRolls CinnamonRollStockEmptied
        RollsUnavailable BakedGoodsSoldOut StockEmptied LastRollGone ItemDepleted
        CinnamonRollSoldOut
    """,
    11: """
        BakeRolls BakeCinnamonRolls BakeTwelveRolls StartBaking MakeCinnamonRolls ProduceRolls
        BakeMoreRolls PrepareRolls Bake12CinnamonRolls DeliverRolls RestockRolls
        ReplenishCinnamonRolls BakeBatch BringRolls BakeRollsByNine BeginBaking SupplyRolls
        RestockCinnamonRolls StartCinnamonRollBaking BakeItems
    """,
    12: """
        DailyTakings TakingsReport DailySalesReport SalesOfTheDay EndOfDayReport DaysTakings
        TodaysTakings DailyRevenue RevenueReport SalesSummary DailySales SalesByOrder DailyLedger
        DayBook TakingsPerOrder CashReport DailyStatement TakingsOfTheDay Takings DailyTakingsReport
        ClosedDayReport CompletedOrders PaidOrders
    """,
}

BAD = {
    1: {
        "no orders": "PlaceOrder DrinksNeeded MakeDrinksRequested OrderBeingPlaced",
        "past tense": """
            OrderPlacing PlacedOrder NewOrder OrderPlacement CustomerOrders OrderIsPlaced Placed
        """,
        "repeat its kind": "OrderEvent OrderPlacedEvent",
        "different now": "OrderUpdated OrderProcessed OrderStatusChanged OrderSaved SomethingDone",
        "a kind, a name": "order_placed",
        "one name": "OrderA1Placed",
    },
    2: {
        "tells its owner": """
            OrderPrepared CoffeeMaking DrinksMade PleaseMakeDrinks OrderPreparation Make
            DrinksShouldBeMade FlatWhites MakesDrinks BrewedCoffee TwoFlatWhites BrewingCoffee
            CanYouMakeDrinks NeedDrinks PreparationRequest DrinksRequested
        """,
        "repeat its kind": "MakeDrinksCommand",
    },
    3: {
        "no orders": """
            PrepareOrder OrderShouldBeCollected PickupRequested ServeDrinks PickupNeeded
            OrderAwaitingPickup
        """,
        "past tense": "OrderPreparing OrderIsReady FinishedOrder RingBell OrderCompletion",
        "different now": "OrderUpdated OrderStatusUpdated OrderHandled OrderChanged",
        "repeat its kind": "OrderReadyMessage",
    },
    4: {
        "no orders": """
            SendReceipt ReceiptShouldBeSent SendReceiptRequested ReceiptRequested ReceiptSent
            ReceiptNeeded ReceiptPending EmailReceiptRequired NotifyEmailService MailTriggered
        """,
        "different now": "PaymentProcessed PaymentUpdated OrderStatusChanged",
        "past tense": "Payment CardIsCharged ChargeCard PaymentCapture CapturedPayment PaymentSuccess",
        "repeat its kind": "PaymentCapturedEvent",
    },
    5: {
        "contains": """
            SendGuestProfile GuestProfileSent GetGuest GuestRegistered GuestProfileRequest
            ShowGuestData GuestTransferredToBranch ImportGuest PleaseReadGuest
        """,
        "repeat its kind": "GuestProfileDocument GuestMessage",
        "a kind, a name": "guestprofile",
    },
    6: {
        "tells its owner": """
            RefundRequested GuestRefunded PaymentRefund OrderRefund Refund MoneyShouldBeReturned
            RefundNeeded RefundRequest ShouldRefundGuest RefundingGuest RefundsGuest
            RefundIsRequired ToRefund GuestWantsRefund
        """,
        "repeat its kind": "RefundCommand",
    },
    7: {
        "past tense": "RefundGuest RefundRequest RequestRefund GuestAsks",
        "no orders": """
            RefundNeeded GuestRefunded PaymentShouldBeRefunded RefundPending MoneyReturned
            GiveMoneyBack GuestWantsRefund SendRefundRequested RefundApproved
        """,
        "different now": "OrderUpdated RefundProcessed",
        "repeat its kind": "RefundRequestedEvent",
    },
    8: {
        "contains": """
            MenuPublished PublishMenu ShowMenu UpdateMenu MenuUpdated MenuRequest DisplayMenu
            MenuPublishedForTomorrow PricesSet SendMenuToScreens GetMenu
        """,
        "repeat its kind": "MenuDocument",
        "a kind, a name": "menu",
    },
    9: {
        "different now": """
            OrderUpdated OrderChanged OrderModified OrderEdited OrderAmended OrderDetailsChanged
            MilkModified ItemUpdated
        """,
        "no orders": """
            SwitchMilk UseOatMilk OatMilkNeeded MilkShouldBeReplaced ReplaceMilkRequested
            GuestWantsOatMilk
        """,
        "past tense": "MilkSwitching OatMilk MilkChange",
        "repeat its kind": "MilkSwitchedEvent",
    },
    10: {
        "no orders": """
            BakeRolls BakingNeeded RollsNeedBaking RestockRequested MoreRollsNeeded
            RollsShouldBeBaked RestockRequired SellLastRoll BakersNotified RollsBaked RollsOrdered
        """,
        "different now": "StockUpdated StockHandled",
        "past tense": "StockIsEmpty SellingOut LastRoll StockChange",
        "repeat its kind": "SoldOutEvent",
    },
    11: {
        "tells its owner": """
            RollsBaked RollsOrdered BakingRequested RollsNeeded CinnamonRolls Bake RollBaking
            BakingRolls PleaseBakeRolls BakersShouldBake TwelveRolls BakesRolls NeedRolls
            RollProduction
        """,
        "repeat its kind": "BakeRollsCommand",
    },
    12: {
        "contains": """
            DayClosed SendTakings TakingsReported PrintReport TakingsCalculated CreateDailyReport
            ReportRequest DayEnded CalculateRevenue TakingsSentToBookkeeper
        """,
        "repeat its kind": "TakingsDocument BookTakingsMessage",
    },
}

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
    wanted = {name: reason for reason, names in BAD[number].items() for name in names.split()}
    assert len(wanted) >= 8
    got = {name: _one_message(number, name).invariant for name in wanted}
    assert {name: broken for name, broken in got.items() if wanted[name] not in broken} == {}

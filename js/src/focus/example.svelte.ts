/** The example that all pictures of one view follow through the network: a row of the data, from 0. */
export class Example {
  row = $state(0);
}

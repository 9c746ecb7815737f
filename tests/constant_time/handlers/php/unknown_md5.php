<?php
if (md5_file($path) === $_POST['checksum']) {
    accept($path);
}
